import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { writeFileAtomic } from '../io/atomic-file.ts';

/** A fact about the server, and when it was found out. */
export interface KnownFact {
  readonly value: boolean;
  /** Milliseconds since 1970. */
  readonly lastChecked: number;
}

/** What is known about a cached index besides its bytes: the `HASH.info.json` that conda keeps, and mamba reads. */
export interface CacheState {
  /** URL of the file the validators are of. Without credentials. */
  readonly url: string;
  readonly etag: string;
  /** `Last-Modified`, as sent. */
  readonly mod: string;
  readonly cacheControl: string;
  /** Stamp of the data file this state is about. */
  readonly size: number;
  readonly mtimeNs: bigint;
  /** When the server last said that this is right; nanoseconds since 1970. */
  readonly refreshNs: bigint;
  readonly hasZst?: KnownFact;
  readonly hasShards?: KnownFact;
  readonly hasJson?: KnownFact;
}

/** Stem of a subdir's files in the cache, as conda and mamba compute it. @param url of the subdir, with or without final slash */
export function cacheName(url: string, file = 'repodata.json'): string {
  const key = `${url.replace(/\/+$/, '')}/${file === 'repodata.json' ? '' : file}`;
  return createHash('md5').update(key).digest('hex').slice(0, 8);
}

/** Undefined when there is none that can be read: then nothing is known. */
export async function loadCacheState(file: string): Promise<CacheState | undefined> {
  try {
    return parseCacheState(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Seconds for which an answer is good: conda's rules for `local_repodata_ttl` (true and 1: what the server says). */
export function maxAge(state: Pick<CacheState, 'cacheControl'>, ttl: number | boolean): number {
  if (typeof ttl === 'number' && ttl > 1) return ttl;
  if (Number(ttl) <= 0) return 0;
  const directive = /(?:^|[\s,])max-age=["]?(\d+)/i.exec(state.cacheControl)?.[1];
  return directive === undefined ? 0 : Number(directive);
}

/** @param now milliseconds since 1970 */
export function isFresh(state: CacheState, ttl: number | boolean, now: number): boolean {
  const age = now - Number(state.refreshNs / 1_000_000n);
  // A time that has not come yet proves nothing.
  return age >= 0 && age <= maxAge(state, ttl) * 1000 && maxAge(state, ttl) > 0;
}

/** Whether `fact` says no, and was found out in the last seven days. */
export function isKnownAbsent(fact: KnownFact | undefined, now: number): boolean {
  return fact?.value === false && now - fact.lastChecked < 7 * 24 * 3600 * 1000;
}

/** Writes the state beside its file, complete or not at all. */
export async function saveCacheState(file: string, state: CacheState): Promise<void> {
  await writeFileAtomic(file, formatCacheState(state));
}

/** The state as conda writes it. Its numbers of nanoseconds are beyond what JSON of JavaScript can hold. */
export function formatCacheState(state: CacheState): string {
  const numbers: Readonly<Record<string, bigint>> = {
    mtime_ns: state.mtimeNs,
    refresh_ns: state.refreshNs,
  };
  const value = {
    cache_control: state.cacheControl,
    etag: state.etag,
    has_json: formatFact(state.hasJson),
    has_shards: formatFact(state.hasShards),
    has_zst: formatFact(state.hasZst),
    mod: state.mod,
    mtime_ns: '@mtime_ns',
    refresh_ns: '@refresh_ns',
    size: state.size,
    url: state.url,
  };
  return `${JSON.stringify(value, undefined, 1).replaceAll(/"@(mtime_ns|refresh_ns)"/g, (_, key: string) => String(numbers[key]))}\n`;
}

/** The state that conda or tconda wrote; undefined for what is none. */
export function parseCacheState(text: string): CacheState | undefined {
  let raw: Readonly<Record<string, unknown>>;
  try {
    raw = JSON.parse(text.replaceAll(/"(mtime_ns|refresh_ns)"\s*:\s*(\d+)/g, '"$1":"$2"')) as typeof raw;
  } catch {
    return undefined;
  }
  if (typeof raw !== 'object' || raw === null) return undefined;
  // Keys with an underscore are those of older condas.
  const string = (key: string): string => {
    const value = raw[key] ?? raw[`_${key}`];
    return typeof value === 'string' ? value : '';
  };
  const facts = {
    hasZst: parseFact(raw['has_zst']),
    hasShards: parseFact(raw['has_shards']),
    hasJson: parseFact(raw['has_json']),
  };
  return {
    url: string('url'),
    etag: string('etag'),
    mod: string('mod'),
    cacheControl: string('cache_control'),
    size: typeof raw['size'] === 'number' ? raw['size'] : -1,
    mtimeNs: bigint(raw['mtime_ns']),
    refreshNs: bigint(raw['refresh_ns']),
    ...(facts.hasZst && { hasZst: facts.hasZst }),
    ...(facts.hasShards && { hasShards: facts.hasShards }),
    ...(facts.hasJson && { hasJson: facts.hasJson }),
  };
}

function bigint(value: unknown): bigint {
  return typeof value === 'string' && /^\d{1,30}$/.test(value) ? BigInt(value) : 0n;
}

function parseFact(value: unknown): KnownFact | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { value: is, last_checked } = value as { value?: unknown; last_checked?: unknown };
  const lastChecked = typeof last_checked === 'string' ? Date.parse(last_checked) : Number.NaN;
  return typeof is === 'boolean' && !Number.isNaN(lastChecked) ? { value: is, lastChecked } : undefined;
}

function formatFact(fact: KnownFact | undefined): object | undefined {
  return fact && { last_checked: new Date(fact.lastChecked).toISOString(), value: fact.value };
}
