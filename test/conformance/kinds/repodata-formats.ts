import { deepEqual, equal, throws } from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { resolveBaseUrl, resolveShardBaseUrl } from '../../../src/repodata/base-url.ts';
import { cacheName } from '../../../src/repodata/cache-state.ts';
import { findDependencyName } from '../../../src/repodata/dependency-name.ts';
import { parseRecord } from '../../../src/repodata/parse-record.ts';
import { parseShard, parseShardIndex } from '../../../src/repodata/shard-index.ts';
import { type Kind, NotRun, type TestCase, UnknownType } from '../kind.ts';

interface Fields {
  readonly base: string;
  readonly relative: string;
  readonly expect: unknown;
  readonly index_url: string;
  readonly base_url: string | null;
  readonly shards_base_url: string;
  readonly hash_hex: string;
  readonly subdir_url: string;
  readonly file: string;
  readonly zst_b64: string;
  readonly sha256: string;
  readonly mentioned_packages?: readonly string[];
  readonly url: string;
  readonly repodata_fn?: string;
  readonly spec: string;
}

type Maps = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export const repodataFormats: Kind = { run };

function run(testCase: TestCase): void {
  const fields = testCase as unknown as Fields;
  switch (testCase.type) {
    case 'url-join':
      return equal(resolveShardBaseUrl(fields.base, fields.relative), fields.expect);
    case 'shard-urls': {
      const shards = resolveBaseUrl(fields.index_url, fields.shards_base_url);
      return deepEqual(
        {
          base_url: resolveShardBaseUrl(fields.index_url, fields.base_url ?? ''),
          shards_base_url: shards,
          shard_url: `${shards}${fields.hash_hex}.msgpack.zst`,
        },
        fields.expect,
      );
    }
    case 'package-url': {
      const baseUrl = resolveBaseUrl(fields.subdir_url, fields.base_url ?? undefined);
      const place = { channel: '', schannel: '', subdir: '', baseUrl };
      const [name, version, build] = ['bla', '1', '0'];
      return equal(parseRecord(fields.file, { name, version, build }, place)?.url, fields.expect);
    }
    case 'shard':
      return checkShard(fields);
    case 'shard-index':
      return checkShardIndex(fields);
    case 'spec-name':
      return equal(findDependencyName(fields.spec), fields.expect);
    case 'cache-name': {
      const name = cacheName(fields.url, fields.repodata_fn);
      return equal(fields.repodata_fn === undefined ? name : `${name}.json`, fields.expect);
    }
    case 'jlap':
    case 'jlap-tail':
    case 'blake2b-256':
      throw new NotRun('JLAP is not supported: conda and rattler have removed it');
    case 'legacy-cache-header':
      throw new NotRun('Caches of condas before 23.1 are not read');
    default:
      throw new UnknownType(testCase.type);
  }
}

function checkShard(fields: Fields): void {
  const bytes = Buffer.from(fields.zst_b64, 'base64');
  equal(createHash('sha256').update(bytes).digest('hex'), fields.sha256);
  const shard = parseShard(bytes, 'https://h.example/shard');
  const expected = fields.expect as Maps;
  deepEqual(Object.fromEntries(shard), { ...expected['packages'], ...expected['packages.conda'] });
  if (fields.mentioned_packages === undefined) return;
  const names = new Set(
    shard.flatMap(([, record]) =>
      (record['depends'] as string[]).map((spec) => findDependencyName(spec) ?? ''),
    ),
  );
  deepEqual([...names].toSorted(), fields.mentioned_packages.toSorted());
}

function checkShardIndex(fields: Fields): void {
  const bytes = Buffer.from(fields.zst_b64, 'base64');
  if ((fields.expect as { error?: boolean }).error === true) {
    return throws(() => parseShardIndex(bytes, fields.url), { code: 'REPODATA_CORRUPT' });
  }
  const { info, shards } = fields.expect as Maps;
  const index = parseShardIndex(bytes, fields.url);
  deepEqual(Object.fromEntries(index.names.map((name) => [name, index.hashOf(name)])), shards);
  equal(index.baseUrl, resolveShardBaseUrl(fields.url, String(info?.['base_url'])));
}
