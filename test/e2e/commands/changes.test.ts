import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, SAMPLE } from '../../helpers/cli.ts';
import { type CommandsScene, masked, openCommandsScene } from './scene.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let scene: CommandsScene;
let server: CommandsScene['server'];
let home: CommandsScene['home'];
let channel: CommandsScene['channel'];

beforeAll(async () => {
  if (!isReady) return;
  scene = await openCommandsScene();
  ({ server, home, channel } = scene);
});
afterAll(async () => {
  if (isReady) await scene.close();
});

describe.runIf(isReady)('changes', () => {
  test('the plan, the phases and the hint of a first environment', async () => {
    const { stdout } = await home.tconda('create', '-y', '-n', 'shown', ...channel(), 'ladder=1.9');
    expect(masked(stdout, scene)).toMatchSnapshot();
  });

  test('an environment that can’t be replaced comes back as it was', async () => {
    await home.tconda('create', '-y', '-q', '-n', 'kept', ...channel(), 'ladder=1.9');
    const mine = path.join(home.prefix('kept'), 'notes.txt');
    writeFileSync(mine, 'mine');
    const failed = await home.tconda('create', '-y', '-n', 'kept', ...channel(), 'no-such-package');
    expect(failed.code).toBe(1);
    expect(readFileSync(mine, 'utf8')).toBe('mine');
    const replaced = await home.tconda('create', '-y', '-q', '-n', 'kept', ...channel(), 'ladder=1.10');
    expect(replaced.code).toBe(0);
    expect(existsSync(mine)).toBe(false);
    expect((await home.tconda('list', '-n', 'kept', '-c')).stdout).toContain('ladder-1.10-0');
    expect(readdirSync(path.join(home.root, 'envs')).filter((name) => name.includes('kept'))).toEqual([
      'kept',
    ]);
  });

  test('install, update, remove, and what changes nothing', async () => {
    const change = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
      const { stdout } = await home.tconda(...args, '-n', 'shown', '-y', '--json', ...channel());
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    const names = (result: Record<string, unknown>, key: string): unknown => {
      const actions = result['actions'] as Record<string, readonly { dist_name: string }[] | undefined>;
      return actions[key]?.map((dist) => dist.dist_name);
    };
    const installed = await change('install', 'ladder=1.0=0');
    expect([names(installed, 'UNLINK'), names(installed, 'LINK')]).toEqual([
      ['ladder-1.9-0'],
      ['ladder-1.0-0'],
    ]);
    expect(await change('install', 'ladder=1.0=0')).toEqual({
      success: true,
      message: 'All requested packages already installed.',
    });
    expect(names(await change('update', 'ladder'), 'LINK')).toHaveLength(1);
    expect(await change('update', 'greet')).toMatchObject({ exception_name: 'PackageNotInstalledError' });
    expect(await change('remove', 'greet')).toMatchObject({
      exception_name: 'PackagesNotFoundInPrefixError',
    });
    expect(names(await change('remove', 'ladder'), 'LINK')).toBeUndefined();
  });

  test('an environment of another platform stays one', async () => {
    const made = await home.tconda(
      'create',
      '-y',
      '-q',
      '-n',
      'mac',
      '--subdir',
      'osx-64',
      ...channel(),
      'zlib-like',
    );
    expect(made).toMatchObject({ code: 0 });
    const { stdout } = await home.tconda('list', '-n', 'mac', '--explicit');
    expect(stdout).toContain('# platform: osx-64');
    expect(stdout).toContain(`${server.url}/osx-64/zlib-like-`);
    expect((await home.tconda('env', 'remove', '-y', '-n', 'mac')).code).toBe(0);
  });

  test('env remove takes all of it, and its line in environments.txt', async () => {
    await home.tconda('create', '-y', '-q', '-n', 'gone', ...channel(), 'ladder=1.9');
    const list = path.join(home.directory, '.conda/environments.txt');
    expect(readFileSync(list, 'utf8')).toContain(home.prefix('gone'));
    expect((await home.tconda('env', 'remove', '-y', '-n', 'gone')).code).toBe(0);
    expect(existsSync(home.prefix('gone'))).toBe(false);
    expect(readFileSync(list, 'utf8')).not.toContain(home.prefix('gone'));
    expect((await home.tconda('env', 'remove', '-y', '-n', 'gone')).stderr).toContain(
      'EnvironmentLocationNotFound',
    );
    expect((await home.tconda('remove', '-y', '-n', 'base', '--all')).stderr).toContain('Cannot remove');
  });

  test('clean --dry-run touches nothing, clean empties the caches', async () => {
    const pkgs = path.join(home.root, 'pkgs');
    const before = readdirSync(pkgs);
    expect((await home.tconda('clean', '--all', '--dry-run')).stdout).toMatch(
      /Will remove \d+ \(.*\) tarball\(s\)/,
    );
    expect(readdirSync(pkgs)).toEqual(before);
    const { stdout } = await home.tconda('clean', '--tarballs', '--json', '-y');
    expect(JSON.parse(stdout)).toMatchObject({ success: true, tarballs: { warnings: [] } });
    expect(readdirSync(pkgs).filter((name) => /\.(?:conda|bz2)$/.test(name))).toEqual([]);
  });
});
