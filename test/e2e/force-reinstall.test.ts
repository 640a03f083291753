import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { indexChannel } from '../../src/publish/index.ts';
import { CLI, type Home, makeHome, type Ran } from '../helpers/cli.ts';
import { makePackage } from '../helpers/make-package.ts';
import { readTree } from '../helpers/extracted-package.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

let home: Home;
let noarch: string;
let server: TestServer;
const isReady = existsSync(CLI);

beforeEach(async () => {
  home = makeHome();
  noarch = path.join(home.directory, 'channel', 'noarch');
  mkdirSync(noarch, { recursive: true });
  await makePackage(noarch, 'base 1.0 0', { files: { 'share/base': 'base' } });
  for (const version of ['1.0', '2.0']) {
    const files = { 'etc/tool.conf': `as ${version}`, 'bin/tool': { content: version, mode: 0o755 } };
    // oxlint-disable-next-line no-await-in-loop -- there are two
    await makePackage(noarch, `tool ${version} 0`, { files, index: { subdir: 'noarch', depends: ['base'] } });
  }
  await indexChannel(path.dirname(noarch));
  server = await startServer(path.dirname(noarch));
  writeFileSync(path.join(home.directory, '.condarc'), `channels:\n  - ${server.url}\n`);
}, 60_000);
afterEach(async () => {
  await server.close();
  home.remove();
});

const at = (file: string): string => path.join(home.prefix('e'), file);
const cached = (file: string): string => path.join(home.root, 'pkgs/tool-2.0-0', file);
const read = (file: string): string => readFileSync(at(file), 'utf8');
const force = (...words: readonly string[]): Promise<Ran> =>
  home.tconda('install', '-y', '-n', 'e', '--force-reinstall', ...words);

/** Its archive and all that a channel knows of it. */
async function withdraw(file: string): Promise<void> {
  rmSync(path.join(noarch, file));
  await indexChannel(path.dirname(noarch));
  await home.tconda('clean', '-y', '--index-cache');
}

describe.runIf(isReady)('install --force-reinstall', () => {
  test('brings back what is missing, puts aside what was changed, and leaves other packages alone', async () => {
    await home.tconda('create', '-y', '-n', 'e', 'tool=2.0');
    const before = readTree(home.prefix('e'));
    const other = statSync(at('conda-meta/base-1.0-0.json')).mtimeMs;
    rmSync(at('bin/tool'));
    rmSync(at('etc/tool.conf'));
    writeFileSync(at('etc/tool.conf'), 'as I want');
    utimesSync(at('etc/tool.conf'), new Date(), new Date(Date.now() + 5000));
    const { code, stdout, stderr } = await force('--json', 'tool=2.0');
    expect(stderr).toContain('A file of tool had been changed and is kept: __clobbers__/.user/etc/tool.conf');
    expect(code).toBe(0);
    const { actions } = JSON.parse(stdout) as { actions: Record<string, readonly { dist_name: string }[]> };
    for (const key of ['UNLINK', 'LINK']) {
      expect(actions[key]?.map((one) => one.dist_name)).toEqual(['tool-2.0-0']);
    }
    expect(read('__clobbers__/.user/etc/tool.conf')).toBe('as I want');
    expect(statSync(at('conda-meta/base-1.0-0.json')).mtimeMs).toBe(other);
    rmSync(at('__clobbers__'), { recursive: true });
    const files = (tree: Record<string, string>) =>
      Object.fromEntries(Object.entries(tree).filter(([name]) => !name.startsWith('conda-meta/')));
    expect(files(readTree(home.prefix('e')))).toEqual(files(before));
    expect(read('conda-meta/history').match(/^[+-].*::/gm)).toHaveLength(2);
  }, 60_000);

  test('takes the best that is asked for, as conda does', async () => {
    await home.tconda('create', '-y', '-n', 'e', 'tool=1.0');
    expect((await force('tool=1')).code).toBe(0);
    expect(read('bin/tool')).toBe('1.0');
    const { stdout } = await force('tool');
    expect(stdout).toContain('The following packages will be UPDATED');
    expect(read('bin/tool')).toBe('2.0');
  }, 60_000);

  test('works without network from the cache, also for what has left the channel', async () => {
    await home.tconda('create', '-y', '-n', 'e', 'tool=1.0');
    rmSync(at('bin/tool'));
    server.reset();
    expect((await force('--offline', 'tool=1.0')).code).toBe(0);
    expect(server.requests).toEqual([]);
    expect(read('bin/tool')).toBe('1.0');
    await withdraw('tool-1.0-0.conda');
    rmSync(at('bin/tool'));
    expect((await force('tool=1.0')).code).toBe(0);
    expect(read('bin/tool')).toBe('1.0');
  }, 60_000);

  test('takes from the archive what was broken in the cache', async () => {
    await home.tconda('create', '-y', '-n', 'e', 'tool=2.0');
    // The same file on the disk, as programs change it that write into it.
    for (const change of [() => writeFileSync(at('bin/tool'), ''), () => rmSync(cached('bin/tool'))]) {
      change();
      // oxlint-disable-next-line no-await-in-loop -- there are two
      const { code, stderr } = await force('tool=2.0');
      expect(stderr).toContain('The package cache has tool-2.0-0.conda not as it came');
      expect(code).toBe(0);
      expect(read('bin/tool')).toBe('2.0');
      expect(readFileSync(cached('bin/tool'), 'utf8')).toBe('2.0');
    }
  }, 60_000);

  test('that finds its package nowhere says so and changes nothing', async () => {
    await home.tconda('create', '-y', '-n', 'e', 'tool=1.0');
    const before = readTree(home.prefix('e'));
    await home.tconda('clean', '-y', '--packages', '--tarballs', '--force-pkgs-dirs');
    const offline = await force('--offline', 'tool=1.0');
    expect(offline.code).toBe(1);
    expect(offline.stderr).toContain('OfflineError');
    await withdraw('tool-1.0-0.conda');
    const gone = await force('tool=1.0');
    expect(gone.code).toBe(1);
    expect(gone.stderr).toMatch(/tool-1\.0-0\.conda/);
    expect(readTree(home.prefix('e'))).toEqual(before);
  }, 60_000);
});
