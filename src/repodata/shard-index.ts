import { decode } from '@msgpack/msgpack';

import { TcondaError } from '../errors.ts';
import { decompressZstdSync } from '../io/zstd.ts';
import { resolveBaseUrl, resolveShardBaseUrl } from './base-url.ts';
import type { RawRecord } from './parse-record.ts';

/** `repodata_shards.msgpack.zst` (CEP 16): which shard holds the records of a name. */
export interface ShardIndex {
  /** Where the archives are, with final slash. */
  readonly baseUrl: string;
  /** Where the shards are, with final slash. */
  readonly shardsBaseUrl: string;
  /** Name to lower-case hex SHA-256 of the shard's compressed bytes. */
  readonly hashOf: (name: string) => string | undefined;
  readonly names: readonly string[];
}

/** What a shard holds: file names and records, digests as hex. */
export type Shard = readonly (readonly [string, RawRecord])[];

/** Bytes, unpacked. conda has the same limits. */
const MAX_INDEX = 128 * 1024 * 1024;
const MAX_SHARD = 16 * 1024 * 1024;

/**
 * @param url of the index, without credentials
 * @throws {TcondaError} `REPODATA_CORRUPT`
 */
export function parseShardIndex(bytes: Uint8Array, url: string): ShardIndex {
  const raw = unpack(bytes, MAX_INDEX, url);
  const { version, info, shards } = raw as { version?: unknown; info?: unknown; shards?: unknown };
  if (version !== undefined && version !== 1) throw corrupt(url, `it has version ${JSON.stringify(version)}`);
  if (!isMap(shards)) throw corrupt(url, 'it has no shards');
  const { base_url, shards_base_url } = (isMap(info) ? info : {}) as Record<string, unknown>;
  return {
    baseUrl: resolveShardBaseUrl(url, typeof base_url === 'string' ? base_url : ''),
    shardsBaseUrl: resolveBaseUrl(url, typeof shards_base_url === 'string' ? shards_base_url : ''),
    hashOf: (name) => (Object.hasOwn(shards, name) ? findHash(shards[name]) : undefined),
    names: Object.keys(shards),
  };
}

/** @throws {TcondaError} `REPODATA_CORRUPT` */
export function parseShard(bytes: Uint8Array, url: string): Shard {
  const raw = unpack(bytes, MAX_SHARD, url);
  const v3 = isMap(raw['v3']) ? raw['v3'] : {};
  return [
    ...members(raw['packages'], ''),
    ...members(raw['packages.conda'], ''),
    ...members(v3['conda'], '.conda'),
    ...members(v3['tar.bz2'], '.tar.bz2'),
  ];
}

function unpack(bytes: Uint8Array, maxBytes: number, url: string): RawRecord {
  let value;
  try {
    value = decode(decompressZstdSync(bytes, { maxBytes }));
  } catch (cause) {
    throw corrupt(url, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (!isMap(value)) throw corrupt(url, 'it is no map');
  return value;
}

function members(value: unknown, extension: string): Shard {
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, record]) =>
    isMap(record) ? [[key + extension, withHexDigests(record)] as const] : [],
  );
}

function withHexDigests(record: RawRecord): RawRecord {
  // In place: it was decoded a moment ago, and nobody else has it.
  const fields = record as Record<string, unknown>;
  for (const key of DIGESTS) {
    const digest = fields[key];
    if (typeof digest === 'object' && digest !== null) fields[key] = toHex(digest);
  }
  return fields;
}

const DIGESTS = ['sha256', 'md5', 'legacy_bz2_md5'];

function isMap(value: unknown): value is RawRecord {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function findHash(value: unknown): string | undefined {
  const text = typeof value === 'object' && value !== null ? toHex(value) : value;
  return typeof text === 'string' && /^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : undefined;
}

/** Digests are bytes; some writers give lists of numbers. */
function toHex(bytes: object): string {
  return Buffer.from(bytes as Uint8Array).toString('hex');
}

function corrupt(url: string, reason: string, cause?: unknown): TcondaError {
  return new TcondaError('REPODATA_CORRUPT', `The sharded index ${url} is damaged: ${reason}`, {
    cause,
    data: { url },
  });
}
