import { existsSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, SAMPLE } from '../../helpers/cli.ts';
import { type CommandsScene, masked, openCommandsScene } from './scene.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let scene: CommandsScene;
let home: CommandsScene['home'];
let channel: CommandsScene['channel'];

beforeAll(async () => {
  if (!isReady) return;
  scene = await openCommandsScene();
  ({ home, channel } = scene);
});
afterAll(async () => {
  if (isReady) await scene.close();
});

describe.runIf(isReady)('what scripts read', () => {
  test('list', async () => {
    const { stdout } = await home.tconda('list', '-n', 'env');
    expect(masked(stdout, scene)).toMatchSnapshot();
  });

  test('list --export', async () => {
    const { stdout } = await home.tconda('list', '-n', 'env', '--export');
    expect(masked(stdout, scene)).toMatchSnapshot();
  });

  test('list --explicit --md5', async () => {
    const { stdout } = await home.tconda('list', '-n', 'env', '--explicit', '--md5');
    expect(masked(stdout, scene).replace(/#[0-9a-f]{32}$/gm, '#MD5')).toMatchSnapshot();
  });

  test('list --json, --canonical, --revisions, --fields', async () => {
    const forms = [
      ['--json', 'ladder'],
      ['--canonical'],
      ['--revisions'],
      ['--fields', 'name,license,build'],
    ];
    for (const form of forms) {
      const { stdout, stderr } = await home.tconda('list', '-n', 'env', ...form);
      expect(stderr).toBe('');
      expect(masked(stdout, scene)).toMatchSnapshot(form.join(' '));
    }
  });

  test('search', async () => {
    const table = await home.tconda('search', ...channel(), 'ladder>=1.9');
    expect(masked(table.stdout, scene)).toMatchSnapshot();
    const json = await home.tconda('search', ...channel(), 'ladder=1.9', '--json');
    const found = JSON.parse(json.stdout) as Record<string, { fn: string; arch: unknown }[]>;
    expect(found['ladder']).toMatchObject([{ fn: 'ladder-1.9-0.conda', arch: null, platform: null }]);
  });

  test('create --dry-run --json', async () => {
    const { stdout, stderr, code } = await home.tconda(
      'create',
      '-n',
      'new',
      '--dry-run',
      '--json',
      ...channel(),
      'ladder=1.9',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      success: true,
      dry_run: true,
      prefix: home.prefix('new'),
      actions: {
        FETCH: [],
        PREFIX: home.prefix('new'),
        LINK: [{ dist_name: 'ladder-1.9-0', platform: 'noarch' }],
      },
    });
    expect(existsSync(home.prefix('new'))).toBe(false);
  });

  test('env list --json', async () => {
    const { stdout } = await home.tconda('env', 'list', '--json');
    const { envs, envs_details: details } = JSON.parse(stdout) as {
      envs: string[];
      envs_details: Record<string, unknown>;
    };
    expect(envs).toEqual([home.root, home.prefix('env')]);
    expect(details[home.prefix('env')]).toMatchObject({
      name: 'env',
      base: false,
      active: false,
      writable: true,
    });
  });

  test('config --show and info --json', async () => {
    const shown = await home.tconda('config', '--show', 'channel_priority', 'envs_dirs');
    expect(masked(shown.stdout, scene)).toBe(
      'channel_priority: flexible\nenvs_dirs:\n  - /HOME/root/envs\n  - /HOME/.conda/envs\n',
    );
    const info = JSON.parse((await home.tconda('info', '--json')).stdout) as Record<string, unknown>;
    expect(info).toMatchObject({
      root_prefix: home.root,
      offline: false,
      envs: [home.root, home.prefix('env')],
    });
  });
});
