import { createHash } from 'node:crypto';

import { encode } from '@msgpack/msgpack';

import type { IndexedPackage } from './index-subdir.ts';
import { groupByName, groupRecords } from './record-maps.ts';
import { sortKeys } from './stable-json.ts';

/** The records of one name, packed (CEP 16). */
export interface Shard {
  readonly sha256: string;
  /** zstd over msgpack. */
  readonly bytes: Uint8Array;
}

/** One shard per package name (CEP 16), with run exports in the records (CEP 21), by name. */
export function encodeShards(
  packages: readonly IndexedPackage[],
  removed: readonly string[],
  compress: (bytes: Uint8Array) => Uint8Array,
): ReadonlyMap<string, Shard> {
  const removedOf = new Map<string, string[]>();
  for (const fn of removed) {
    // `name-version-build.conda`; neither version nor build holds a dash.
    const name = fn.split('-').slice(0, -2).join('-');
    removedOf.set(name, [...(removedOf.get(name) ?? []), fn]);
  }
  const shards = new Map<string, Shard>();
  for (const [name, members] of groupByName(packages)) {
    const records = members.map((member) => ({ ...member, record: shardRecord(member) }));
    const shard = { ...groupRecords(records), removed: removedOf.get(name) ?? [] };
    const bytes = compress(encodeMap(shard));
    shards.set(name, { sha256: createHash('sha256').update(bytes).digest('hex'), bytes });
  }
  return shards;
}

/** `repodata_shards.msgpack.zst`: where the shard of each name is. */
export function encodeShardIndex(
  subdir: string,
  shards: ReadonlyMap<string, Shard>,
  compress: (bytes: Uint8Array) => Uint8Array,
  revisions: Readonly<Record<string, unknown>>,
): Uint8Array {
  const digests = new Map([...shards].map(([name, { sha256 }]) => [name, Buffer.from(sha256, 'hex')]));
  const index = {
    version: 1,
    info: { subdir, base_url: '', shards_base_url: './shards/', ...revisions },
    shards: digests,
  };
  return compress(encodeMap(index));
}

function encodeMap(value: unknown): Uint8Array {
  return encode(sortKeys(value));
}

/** Digests are bytes in a shard. */
function shardRecord({ record, runExports }: IndexedPackage): IndexedPackage['record'] {
  return {
    ...record,
    md5: Buffer.from(String(record['md5']), 'hex'),
    sha256: Buffer.from(String(record['sha256']), 'hex'),
    ...(runExports === undefined ? {} : { run_exports: runExports }),
  };
}
