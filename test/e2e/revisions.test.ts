import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { indexChannel } from '../../src/publish/index.ts';
import { loadPrefix } from '../../src/record/index.ts';
import { CLI, type Home, makeHome, SAMPLE } from '../helpers/cli.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let home: Home;
let channel: string;
beforeAll(() => {
  home = makeHome();
  channel = path.join(home.directory, 'a channel, é');
  if (isReady) cpSync(SAMPLE, channel, { recursive: true, dereference: true });
});
afterAll(() => home.remove());

async function versions(): Promise<readonly string[]> {
  const { records } = await loadPrefix(home.prefix('env'));
  return records.map(({ name, version }) => `${name} ${version}`);
}

describe.runIf(isReady)('a package that has left its channel', () => {
  test('comes back from the cache, and from where it was', async () => {
    await home.tconda('create', '-y', '-n', 'env', '-O', '-c', channel, 'ladder=1.9', 'links');
    await home.tconda('install', '-y', '-n', 'env', '-O', '-c', channel, 'ladder=2.0', 'modes');
    expect(await versions()).toEqual(['ladder 2.0', 'links 1.0', 'modes 1.0']);
    const archive = path.join(channel, 'noarch/ladder-1.9-0.conda');
    renameSync(archive, `${archive}.away`);
    await indexChannel(channel);

    const fromCache = await home.tconda('undo', '-y', '-n', 'env');
    expect(fromCache.stderr).toBe('');
    expect(await versions()).toEqual(['ladder 1.9', 'links 1.0']);
    expect((await home.tconda('undo', '-y', '-n', 'env')).code).toBe(0);
    expect(await versions()).toEqual(['ladder 2.0', 'links 1.0', 'modes 1.0']);

    rmSync(path.join(home.root, 'pkgs'), { recursive: true });
    const nowhere = await home.tconda('install', '-y', '-n', 'env', '--revision', '0');
    expect(nowhere.code).toBe(1);
    expect(await versions()).toEqual(['ladder 2.0', 'links 1.0', 'modes 1.0']);
    renameSync(`${archive}.away`, archive);
    const fromUrl = await home.tconda('install', '-y', '-n', 'env', '--revision', '0');
    expect(fromUrl.stderr).toBe('');
    expect(await versions()).toEqual(['ladder 1.9', 'links 1.0']);
    const history = readFileSync(path.join(home.prefix('env'), 'conda-meta/history'), 'utf8');
    expect(history).toMatch(
      /^# package: .+::ladder-1\.9-0 file:\S+ladder-1\.9-0\.conda#sha256:[0-9a-f]{64}$/m,
    );
  }, 60_000);
});

test.runIf(isReady)(
  'a change that was cut off is in no history, and undo takes back the one before',
  async () => {
    const list = (): Promise<string> => home.tconda('list', '-n', 'cut').then(({ stdout }) => stdout);
    await home.tconda('create', '-y', '-n', 'cut', '-O', '-c', SAMPLE, 'ladder=1.9');
    await home.tconda('install', '-y', '-n', 'cut', '-O', '-c', SAMPLE, 'links');
    const before = await list();
    const meta = path.join(home.prefix('cut'), 'conda-meta');
    const history = readFileSync(path.join(meta, 'history'), 'utf8');
    // As a process leaves it that dies just before it commits.
    mkdirSync(path.join(meta, '.tconda/aside'), { recursive: true });
    const plan = { aside: [], replacedDirectories: [], directories: [], moved: [], created: [], emptied: [] };
    const header = { version: 1, isNew: false, madeLevels: 0, historySize: history.length, ...plan };
    writeFileSync(path.join(meta, '.tconda/journal'), `${JSON.stringify(header)}\n`);
    writeFileSync(
      path.join(meta, 'history'),
      `${history}==> 2026-01-01 00:00:00 <==\n# cmd: tconda x\n+a::b-1-0\n`,
    );

    expect((await home.tconda('history', '-n', 'cut')).stdout).not.toContain('tconda x');
    expect((await home.tconda('list', '-n', 'cut', '--revisions')).stdout).not.toContain('b-1-0');
    expect(await list()).toBe(before);
    expect((await home.tconda('undo', '-y', '-n', 'cut')).stderr).toContain(
      'was cut off; it has been taken back',
    );
    expect((await home.tconda('undo', '-y', '-n', 'cut', '--dry-run')).stderr).not.toContain('cut off');
    expect(await list()).not.toContain('links');
    expect(readFileSync(path.join(meta, 'history'), 'utf8')).not.toContain('tconda x');
  },
  60_000,
);
