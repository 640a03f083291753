import { TcondaError } from '../errors.ts';
import { decompressZstdSync } from '../io/zstd.ts';
import { resolveBaseUrl, resolveShardBaseUrl } from './base-url.ts';
import { type DigestTable, scanDigestTable } from './digest-table.ts';
import { type BinaryReader, decodeMsgpack, type MapReader, MsgpackError } from './msgpack.ts';
import type { RawRecord } from './parse-record.ts';

/** `repodata_shards.msgpack.zst` (CEP 16): which shard holds the records of a name. */
export interface ShardIndex {
  /** Where the archives are, with final slash. */
  readonly baseUrl: string;
  /** Where the shards are, with final slash. */
  readonly shardsBaseUrl: string;
  /** `info.repodata_revisions` as it stands there (CEP 48). */
  readonly revisions: unknown;
  /** Name to lower-case hex SHA-256 of the shard's compressed bytes. */
  readonly hashOf: (name: string) => string | undefined;
  /** Made when asked for. */
  readonly names: readonly string[];
}

/** What a shard holds: file names and records, digests as hex. */
export type Shard = readonly (readonly [string, RawRecord])[];

/** Bytes, unpacked. conda has the same limits. */
const MAX_INDEX = 128 * 1024 * 1024;
const MAX_SHARD = 16 * 1024 * 1024;
/** Bytes of a SHA-256. */
const DIGEST = 32;

/**
 * @param url of the index, without credentials
 * @throws {TcondaError} `REPODATA_CORRUPT`
 */
export function parseShardIndex(bytes: Uint8Array, url: string): ShardIndex {
  const unpacked = unpack(bytes, MAX_INDEX, url);
  // Of 40 000 names a request wants a few hundred: the others are stepped over.
  const tables = new Map<unknown, DigestTable>();
  const readMap: MapReader = (start, count) => {
    const table = count < FEW ? undefined : scanDigestTable(unpacked, start, count);
    if (table !== undefined) tables.set(table, table);
    return table;
  };
  const raw = decode(unpacked, url, (start, end) => (end - start === DIGEST ? start : undefined), readMap);
  const { version, info, shards } = raw as { version?: unknown; info?: unknown; shards?: unknown };
  if (version !== undefined && version !== 1)
    throw corrupt(url, new MsgpackError(`it has version ${JSON.stringify(version)}`));
  if (!isMap(shards)) throw corrupt(url, new MsgpackError('it has no shards'));
  const { base_url, shards_base_url, repodata_revisions } = (isMap(info) ? info : {}) as Record<
    string,
    unknown
  >;
  const place = {
    baseUrl: resolveShardBaseUrl(url, typeof base_url === 'string' ? base_url : ''),
    shardsBaseUrl: resolveBaseUrl(url, typeof shards_base_url === 'string' ? shards_base_url : ''),
    revisions: repodata_revisions,
  };
  const table = tables.get(shards);
  if (table !== undefined) {
    let names: readonly string[] | undefined;
    return {
      ...place,
      hashOf: (name) => findHash(table.find(name), unpacked),
      get names() {
        return (names ??= table.names());
      },
    };
  }
  return {
    ...place,
    hashOf: (name) => (Object.hasOwn(shards, name) ? findHash(shards[name], unpacked) : undefined),
    names: Object.keys(shards),
  };
}

/** Below so many members a map is decoded; it may well be another than that of the shards. */
const FEW = 16;

/** @throws {TcondaError} `REPODATA_CORRUPT` */
export function parseShard(bytes: Uint8Array, url: string): Shard {
  const raw = decode(unpack(bytes, MAX_SHARD, url), url);
  const v3 = isMap(raw['v3']) ? raw['v3'] : {};
  return [
    ...members(raw['packages'], ''),
    ...members(raw['packages.conda'], ''),
    ...members(v3['conda'], '.conda'),
    ...members(v3['tar.bz2'], '.tar.bz2'),
  ];
}

/** File names that a shard says were taken away. @throws {TcondaError} `REPODATA_CORRUPT` */
export function parseShardRemoved(bytes: Uint8Array, url: string): unknown {
  return decode(unpack(bytes, MAX_SHARD, url), url)['removed'];
}

function unpack(bytes: Uint8Array, maxBytes: number, url: string): Buffer {
  try {
    return decompressZstdSync(bytes, { maxBytes });
  } catch (cause) {
    throw corrupt(url, cause);
  }
}

function decode(bytes: Buffer, url: string, readBinary?: BinaryReader, readMap?: MapReader): RawRecord {
  let value;
  try {
    value = decodeMsgpack(bytes, readBinary, readMap);
  } catch (cause) {
    throw cause instanceof MsgpackError ? corrupt(url, cause) : cause;
  }
  if (!isMap(value)) throw corrupt(url, new MsgpackError('it is no map'));
  return value;
}

function members(value: unknown, extension: string): Shard {
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, record]) =>
    isMap(record) ? [[key + extension, withTextDigests(record)] as const] : [],
  );
}

/** Digests are bytes, which were decoded as hex; some writers give lists of numbers. */
function withTextDigests(record: RawRecord): RawRecord {
  // In place: it was decoded a moment ago, and nobody else has it.
  const fields = record as Record<string, unknown>;
  for (const key of DIGESTS) {
    const digest = fields[key];
    if (Array.isArray(digest)) fields[key] = Buffer.from(digest as number[]).toString('hex');
  }
  return fields;
}

const DIGESTS = ['sha256', 'md5', 'legacy_bz2_md5'];

function isMap(value: unknown): value is RawRecord {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function findHash(value: unknown, bytes: Buffer): string | undefined {
  if (typeof value === 'number') return bytes.toString('hex', value, value + DIGEST);
  const text = Array.isArray(value) ? Buffer.from(value as number[]).toString('hex') : value;
  return typeof text === 'string' && /^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : undefined;
}

function corrupt(url: string, cause: unknown): TcondaError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TcondaError('REPODATA_CORRUPT', `The sharded index ${url} is damaged: ${reason}`, {
    cause,
    data: { url },
  });
}
