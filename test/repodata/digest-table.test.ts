import { encode } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';

import { scanDigestTable } from '../../src/repodata/digest-table.ts';
import { parseShardIndex } from '../../src/repodata/shard-index.ts';
import { compressZstdSync } from '../helpers/zstd.ts';
import { digest } from '../helpers/channel.ts';

const URL = 'https://conda.example/c/noarch/repodata_shards.msgpack.zst';

function indexOf(shards: unknown): Buffer {
  return compressZstdSync(encode({ version: 1, info: { base_url: '', shards_base_url: 's/' }, shards }));
}

const hashOf = (name: string): string => digest('sha256', name);
const shardsOf = (names: readonly string[]): Record<string, Uint8Array> =>
  Object.fromEntries(names.map((name) => [name, Buffer.from(hashOf(name), 'hex')]));

describe('the names of a shard index', () => {
  test.each([3, 15, 16, 17, 5000, 70_000])('are found, of %i', (count) => {
    const long = 'a-very-long-name-that-has-more-than-thirty-one-bytes';
    const names = [
      ...Array.from({ length: count }, (_, index) => `name-${index}`),
      long,
      '_x',
      'constructor',
      'é',
    ];
    const index = parseShardIndex(indexOf(shardsOf(names)), URL);
    expect([index.shardsBaseUrl, index.names]).toEqual(['https://conda.example/c/noarch/s/', names]);
    for (const name of names.slice(-100)) expect(index.hashOf(name)).toBe(hashOf(name));
    for (const name of ['', 'name', 'name-', `name-${count}`, 'toString', '__proto__']) {
      expect(index.hashOf(name)).toBeUndefined();
    }
  });

  test('are found with digests as text or lists, too', () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const shards: Record<string, unknown> = shardsOf(names);
    shards['n7'] = hashOf('n7').toUpperCase();
    shards['n8'] = [...Buffer.from(hashOf('n8'), 'hex')];
    shards['n9'] = Buffer.from('short');
    const index = parseShardIndex(indexOf(shards), URL);
    expect(index.names).toEqual(names);
    expect(names.map(index.hashOf)).toEqual(names.map((name) => (name === 'n9' ? undefined : hashOf(name))));
  });

  test('may stand behind another large map', () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const others = shardsOf(names.map((name) => `other-${name}`));
    const bytes = compressZstdSync(encode({ later: others, shards: shardsOf(names), more: others }));
    const index = parseShardIndex(bytes, URL);
    expect([index.names, index.hashOf('n3'), index.hashOf('other-n3')]).toEqual([
      names,
      hashOf('n3'),
      undefined,
    ]);
  });

  test('count once, the later digest, when they come twice', () => {
    const one = Buffer.from(encode(shardsOf(['a'])).subarray(1));
    const two = Buffer.from(encode({ a: Buffer.from(hashOf('b'), 'hex') }).subarray(1));
    const bytes = Buffer.concat([one, two]);
    const table = scanDigestTable(bytes, 0, 2);
    expect(table?.names()).toEqual(['a']);
    const start = table?.find('a') ?? 0;
    expect(bytes.toString('hex', start, start + 32)).toBe(hashOf('b'));
    expect(table?.end).toBe(bytes.length);
  });

  test('are an error when they are cut off', () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const whole = Buffer.from(encode({ shards: shardsOf(names) }));
    for (const length of [whole.length - 1, whole.length - 33, 200, 20]) {
      const bytes = compressZstdSync(whole.subarray(0, length));
      expect(() => parseShardIndex(bytes, URL)).toThrow(/is damaged/);
    }
  });
});
