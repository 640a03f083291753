import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { decompressZstdSync } from '../../src/io/zstd.ts';
import { CLI, type Home, makeHome, run, SAMPLE } from '../helpers/cli.ts';

const HOOK = new URL('../helpers/no-native-zstd.mjs', import.meta.url).href;
const homes: Home[] = [];
afterAll(() => homes.forEach((home) => home.remove()));

/** The program as it lies in a package, with nothing beside it, on a Node that has no zstd. */
function makeAlone(): { readonly home: Home; readonly tconda: Home['tconda'] } {
  const home = makeHome('home', { NODE_OPTIONS: `--import=${HOOK}` });
  homes.push(home);
  const alone = path.join(home.directory, 'alone');
  const unneeded = /\.map$|\/types$/;
  cpSync(path.dirname(CLI), alone, { recursive: true, filter: (file) => !unneeded.test(file) });
  const tconda: Home['tconda'] = (...args) =>
    run(process.execPath, [path.join(alone, 'cli.cjs'), ...args], home.env);
  return { home, tconda };
}

describe('the program alone, without native zstd', () => {
  test('writes packages and their index, and makes environments of them', async () => {
    const { home, tconda } = makeAlone();
    const noarch = path.join(home.directory, 'channel/noarch');
    mkdirSync(noarch, { recursive: true });
    const archives = readdirSync(path.join(SAMPLE, 'noarch')).filter((name) => name.endsWith('.conda'));
    const taken = archives.slice(0, 5);
    for (const name of taken) {
      const given = path.join(SAMPLE, 'noarch', name);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(
        await tconda('package', 'transmute', given, home.directory, '--format', 'tar.bz2'),
      ).toMatchObject({
        code: 0,
      });
      const bz2 = path.join(home.directory, name.replace('.conda', '.tar.bz2'));
      // oxlint-disable-next-line no-await-in-loop
      expect(await tconda('package', 'transmute', bz2, noarch)).toMatchObject({ code: 0, stderr: '' });
      // oxlint-disable-next-line no-await-in-loop
      expect(await tconda('package', 'verify', path.join(noarch, name))).toMatchObject({ code: 0 });
    }
    const channel = path.dirname(noarch);
    expect(await tconda('index', channel)).toMatchObject({ code: 0, stderr: '' });
    const text = readFileSync(path.join(noarch, 'repodata.json'));
    const packed = readFileSync(path.join(noarch, 'repodata.json.zst'));
    expect(packed.length).toBeLessThan(text.length);
    expect(decompressZstdSync(packed, { maxBytes: 1e8 }).equals(text)).toBe(true);

    const name = taken[0]?.replace(/-[^-]+-[^-]+$/, '') ?? '';
    const create = ['create', '-y', '-n', 'made', '-O', '-c', `file://${channel}`, '-c', `file://${SAMPLE}`];
    expect(await tconda(...create, name)).toMatchObject({ code: 0 });
    expect(await tconda('list', '-n', 'made', '--json')).toMatchObject({
      stdout: expect.stringContaining(`"name": "${name}"`),
    });
  });
});
