import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { decode } from '@msgpack/msgpack';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { decompressZstdSync } from '../../src/io/zstd.ts';
import { indexChannel } from '../../src/publish/index.ts';
import { type ChannelScene, digests, makeChannelScene, NOW, readIndex, type Index } from './channel-scene.ts';

let scene: ChannelScene;
let work: ChannelScene['work'];
let copyOf: ChannelScene['copyOf'];

beforeAll(async () => {
  scene = await makeChannelScene();
  ({ work, copyOf } = scene);
});
afterAll(() => scene.remove());

describe('indexChannel', () => {
  test('writes every form of the index, and says the same in each', async () => {
    const root = copyOf('forms');
    const results = await indexChannel(root, { now: NOW });
    expect(results.map(({ subdir, packages, opened }) => [subdir, packages, opened])).toEqual([
      ['linux-64', 5, 5],
      ['noarch', 1, 1],
    ]);
    const index = readIndex(root, 'linux-64/repodata.json');
    const zst = decompressZstdSync(readFileSync(path.join(root, 'linux-64/repodata.json.zst')), {
      maxBytes: 1e7,
    });
    expect(JSON.parse(zst.toString())).toEqual(index);
    expect(Object.keys(index['packages.conda'])).toEqual([
      'curl-8.0-0.conda',
      'zlib-1.2-0.conda',
      'zlib-1.3-0.conda',
    ]);
    const archive = readFileSync(path.join(root, 'linux-64/zlib-1.3-0.conda'));
    expect(index['packages.conda']['zlib-1.3-0.conda']).toMatchObject({
      name: 'zlib',
      subdir: 'linux-64',
      size: archive.length,
      sha256: createHash('sha256').update(archive).digest('hex'),
      indexed_timestamp: NOW,
    });
    expect(Object.keys(index.v3?.conda ?? {})).toEqual(['future-1.0-0']);
    expect(index.info.repodata_revisions).toEqual({ v3: { n_packages: 1, newest: NOW, oldest: NOW } });

    const shards = decodeZst(path.join(root, 'linux-64/repodata_shards.msgpack.zst')) as {
      shards: Record<string, Uint8Array>;
    };
    const digest = Buffer.from(shards.shards['zlib'] ?? []).toString('hex');
    const file = path.join(root, 'linux-64/shards', `${digest}.msgpack.zst`);
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(digest);
    const shard = decodeZst(file) as Index;
    expect(Object.keys(shard['packages.conda'])).toEqual(['zlib-1.2-0.conda', 'zlib-1.3-0.conda']);
    expect(shard['packages.conda']['zlib-1.3-0.conda']).toMatchObject({
      run_exports: { weak: ['zlib >=1.3'] },
    });

    expect(readIndex(root, 'linux-64/run_exports.json')['packages.conda']['curl-8.0-0.conda']).toEqual({
      run_exports: { weak: ['curl >=8.0'] },
    });
    const channelData = JSON.parse(readFileSync(path.join(root, 'channeldata.json'), 'utf8')) as {
      packages: Record<string, unknown>;
    };
    expect(channelData.packages['zlib']).toMatchObject({
      version: '1.3',
      summary: 'the zlib',
      'activate.d': true,
      subdirs: ['linux-64'],
      timestamp: 1_700_000_000,
    });
  });

  test('opens what is new or changed, and leaves files alone that stay the same', async () => {
    const root = copyOf('incremental');
    await indexChannel(root, { now: NOW });
    const before = digests(root);
    const old = new Date(1_600_000_000_000);
    const touched = path.join(root, 'noarch/repodata.json');
    utimesSync(touched, old, old);
    const again = await indexChannel(root, { now: NOW + 5000 });
    expect(again.map(({ opened }) => opened)).toEqual([0, 0]);
    expect(digests(root)).toEqual(before);
    expect(statSync(touched).mtimeMs).toBe(old.getTime());

    cpSync(path.join(root, 'linux-64/curl-8.0-0.conda'), path.join(work, 'curl.conda'));
    rmSync(path.join(root, 'linux-64/curl-8.0-0.conda'));
    const [without] = await indexChannel(root, { now: NOW + 6000 });
    expect(without).toMatchObject({ packages: 4, opened: 0 });
    cpSync(path.join(work, 'curl.conda'), path.join(root, 'linux-64/curl-8.0-0.conda'));
    const [withAgain] = await indexChannel(root, { now: NOW + 7000 });
    expect(withAgain).toMatchObject({ packages: 5, opened: 1 });
    const records = readIndex(root, 'linux-64/repodata.json')['packages.conda'];
    expect(records['curl-8.0-0.conda']?.['indexed_timestamp']).toBe(NOW + 7000);
    expect(records['zlib-1.3-0.conda']?.['indexed_timestamp']).toBe(NOW);
  });

  test('gives the same bytes without its notes, in any order of the packages', async () => {
    const root = copyOf('stable');
    await indexChannel(root, { now: NOW, parallel: 1 });
    const before = digests(root);
    rmSync(path.join(root, 'linux-64/.tconda-index.json'));
    rmSync(path.join(root, 'noarch/.tconda-index.json'));
    const results = await indexChannel(root, { now: NOW + 9000, parallel: 8 });
    expect(results.map(({ opened }) => opened)).toEqual([5, 1]);
    expect(digests(root)).toEqual(before);
  });

  test('leaves out what does not belong there, and says why', async () => {
    const root = copyOf('strangers');
    cpSync(path.join(root, 'noarch/tool-1.0-py_0.conda'), path.join(root, 'linux-64/tool-1.0-py_0.conda'));
    cpSync(path.join(root, 'linux-64/curl-8.0-0.conda'), path.join(root, 'linux-64/evil-8.0-0.conda'));
    writeFileSync(path.join(root, 'linux-64/broken-1-0.conda'), 'no archive');
    const [result] = await indexChannel(root);
    expect(result?.packages).toBe(5);
    expect(result?.skipped.map(({ file }) => file)).toEqual([
      'broken-1-0.conda',
      'evil-8.0-0.conda',
      'tool-1.0-py_0.conda',
    ]);
  });

  test.each([
    ['[]', 'is not an object'],
    ['{', 'is not JSON'],
    ['{"patch_instructions_version":3}', 'has version 3'],
    ['{"remove":"x"}', "'remove' is not a list"],
    ['{"packages":{"a":1}}', 'of a is not an object'],
  ])('refuses the patches %s', async (text, reason) => {
    const root = path.join(work, 'bad-patches');
    mkdirSync(path.join(root, 'linux-64'), { recursive: true });
    writeFileSync(path.join(root, 'linux-64/patch_instructions.json'), text);
    await expect(indexChannel(root)).rejects.toThrow(reason);
  });
});

function decodeZst(file: string): unknown {
  return decode(decompressZstdSync(readFileSync(file), { maxBytes: 1e7 }));
}
