import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { indexChannel } from '../../src/publish/index.ts';
import { makePackage } from '../helpers/make-package.ts';

let channel: string;
beforeEach(() => {
  channel = mkdtempSync(path.join(tmpdir(), 'tconda-index-'));
});
afterEach(() => rmSync(channel, { recursive: true, force: true }));

const at = (...names: readonly string[]) => path.join(channel, ...names);
const json = (...names: readonly string[]): unknown => JSON.parse(readFileSync(at(...names), 'utf8'));

test('an empty directory becomes a channel with noarch', async () => {
  expect(await indexChannel(channel)).toMatchObject([{ subdir: 'noarch', packages: 0, skipped: [] }]);
  expect(json('noarch', 'repodata.json')).toEqual({
    info: { subdir: 'noarch' },
    packages: {},
    'packages.conda': {},
    removed: [],
    repodata_version: 1,
  });
});

test('opens only what is new or changed, and forgets what is gone', async () => {
  const { file } = await makePackage(at('noarch'), 'a 1 0');
  await makePackage(at('noarch'), 'b 1 0');
  utimesSync(file, 1_000_000_000, 1_000_000_000);
  await indexChannel(channel);
  const before = json('noarch', 'repodata.json') as { 'packages.conda': Record<string, { sha256: string }> };

  // Same size, same time: nobody looks inside.
  writeFileSync(file, Buffer.alloc(readFileSync(file).length));
  utimesSync(file, 1_000_000_000, 1_000_000_000);
  await makePackage(at('noarch'), 'c 1 0');
  rmSync(at('noarch', 'b-1-0.conda'));
  await indexChannel(channel);
  const after = json('noarch', 'repodata.json') as typeof before;
  expect(Object.keys(after['packages.conda'])).toEqual(['a-1-0.conda', 'c-1-0.conda']);
  expect(after['packages.conda']['a-1-0.conda']).toEqual(before['packages.conda']['a-1-0.conda']);

  utimesSync(file, 1, 1);
  const [result] = await indexChannel(channel);
  expect(result?.skipped).toEqual([
    { file: 'a-1-0.conda', reason: expect.stringContaining('a-1-0.conda: ') as string },
  ]);
});

test('keeps the shards of the last index, and no older ones', async () => {
  const shards = () => readdirSync(at('noarch', 'shards')).length;
  for (const [version, expected] of [
    ['1', 1],
    ['2', 2],
    ['3', 2],
  ] as const) {
    await makePackage(at('noarch'), `a ${version} 0`);
    await indexChannel(channel);
    expect(shards()).toBe(expected);
  }
});

test('names that objects know of are names like others', async () => {
  await makePackage(at('noarch'), 'constructor 1 0');
  await indexChannel(channel);
  await indexChannel(channel);
  expect(json('noarch', 'repodata.json')).toMatchObject({
    'packages.conda': { 'constructor-1-0.conda': { name: 'constructor' } },
  });
});
