import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { encode } from '@msgpack/msgpack';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import { compressZstdSync } from '../helpers/zstd.ts';
import { loadRepodata } from '../../src/repodata/index.ts';
import { channelAt, digest, raw, repodataText, writeChannel } from '../helpers/channel.ts';

let directory: string;
let http: HttpClient;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tconda-closure-'));
  http = createHttpClient();
});
afterEach(async () => {
  await http.close();
  await rm(directory, { recursive: true, force: true });
});

test.each([
  ['a dependency', { depends: ['b >=1', 'main::c[version=">=1"]'] }, ['b', 'c']],
  ['a conditional one', { depends: ['b[when="python >=3.12"]', 'c >=1[when="__linux"]'] }, ['b', 'c']],
  ['optional groups', { extra_depends: { test: ['b'], docs: ['c[when="python <3.9"]'] } }, ['b', 'c']],
  ['the groups of what it depends on', { depends: ['e[extras=[fast]]'] }, ['d', 'e']],
  ['no condition by itself', { depends: ['b[when="c"]'] }, ['b']],
  ['no constraint', { constrains: ['c'] }, []],
] as const)('the closure follows %s', async (_title, fields, expected) => {
  const channel = path.join(directory, 'main');
  const records = [
    raw('a 1 0', fields),
    raw('b 1 0'),
    raw('c 1 0'),
    raw('d 1 0'),
    raw('e 1 0', { extra_depends: { fast: ['d'] } }),
  ];
  await writeChannel(channel, { 'linux-64': records, noarch: [] });
  const { subdirs } = await loadRepodata(
    { channels: [channelAt(`file://${channel}`)], subdirs: ['linux-64', 'noarch'], names: ['a'] },
    { http, cacheDirs: [path.join(directory, 'cache')], now: () => 0 },
  );
  const names = subdirs.flatMap((each) =>
    each.kind === 'found' ? each.records.map(({ name }) => name) : [],
  );
  expect(names.toSorted()).toEqual(['a', ...expected]);
});

test('what was taken out of an index is named where nothing else is there', async () => {
  const channel = path.join(directory, 'main');
  const gone = [
    'old-name-1.0-0.conda',
    'old-name-1.1-0.tar.bz2',
    'here-0-0.conda',
    'x-1-0.conda',
    'old-name-\u001b-0.conda',
    7,
  ];
  const linux = path.join(channel, 'linux-64');
  await writeChannel(channel, { 'linux-64': [] });
  await writeFile(path.join(linux, 'repodata.json'), repodataText([raw('here 1 0')], { removed: gone }));
  const load = async (useShards: boolean) => {
    const { subdirs } = await loadRepodata(
      { channels: [channelAt(`file://${channel}`)], subdirs: ['linux-64'], names: ['old-name', 'here'] },
      { http, cacheDirs: [path.join(directory, 'cache')], now: () => 0, useShards },
    );
    return subdirs.map((each) => (each.kind === 'found' ? each.removed : 'missing'));
  };
  expect(await load(false)).toEqual([['old-name-1.0-0.conda', 'old-name-1.1-0.tar.bz2']]);

  // In shards each name has its own list.
  await rm(path.join(linux, 'repodata.json'));
  const shard = compressZstdSync(encode({ packages: {}, 'packages.conda': {}, removed: gone }));
  await mkdir(path.join(linux, 'shards'));
  await writeFile(path.join(linux, 'shards', `${digest('sha256', shard)}.msgpack.zst`), shard);
  const shards = { 'old-name': Buffer.from(digest('sha256', shard), 'hex') };
  const index = encode({ version: 1, info: { shards_base_url: './shards/' }, shards });
  await writeFile(path.join(linux, 'repodata_shards.msgpack.zst'), compressZstdSync(index));
  expect(await load(true)).toEqual([['old-name-1.0-0.conda', 'old-name-1.1-0.tar.bz2']]);
});
