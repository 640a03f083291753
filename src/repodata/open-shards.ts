import { readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { mapLimited } from '../io/limit.ts';
import { loadZstd } from '../io/zstd.ts';
import { cacheName, isKnownAbsent, loadCacheState } from './cache-state.ts';
import type { RawRecord } from './parse-record.ts';
import type { CandidateForm } from './cached-file.ts';
import { refreshFile } from './refresh-file.ts';
import { createShardStore, type ShardStore } from './shard-store.ts';
import { removedOf } from './removed-files.ts';
import {
  parseShard,
  parseShardIndex,
  parseShardRemoved,
  type Shard,
  type ShardIndex,
} from './shard-index.ts';
import {
  cacheKey,
  freshness,
  type SubdirAnswer,
  type SubdirOptions,
  type SubdirSource,
  type SubdirTarget,
} from './subdir-source.ts';

/**
 * Opens the sharded index of a subdir (CEP 16). `missing` when the channel has none, or none that can be used: then there is still
 * `repodata.json`. Shards are named by their digest, so one that was fetched is never asked for again.
 */
export async function openShards(target: SubdirTarget, options: SubdirOptions): Promise<SubdirAnswer> {
  const stem = path.join(options.cacheDir, cacheName(cacheKey(target), INDEX_FILE));
  const isOnDisk = target.channel.scheme === 'file';
  if (!isOnDisk && isKnownAbsent((await loadCacheState(`${stem}.info.json`))?.hasShards, options.now())) {
    return { kind: 'missing', status: 404 };
  }
  await loadZstd();
  let opened;
  try {
    opened = await loadIndex(target, stem, options);
  } catch (error) {
    // There may be a repodata.json.
    if (!(error instanceof TcondaError) || error.code === 'OFFLINE') throw error;
    if (error.code === 'REPODATA_CORRUPT') {
      options.report({ kind: 'warning', code: 'shards-unusable', text: error.message });
    }
    return { kind: 'missing', status: undefined, error };
  }
  if (opened === undefined) return { kind: 'missing', status: 404 };
  return { kind: 'found', source: createShardSource(opened, { target, stem, options }) };
}

interface Place {
  readonly target: SubdirTarget;
  /** The files of the cache begin with it. */
  readonly stem: string;
  readonly options: SubdirOptions;
}

/** Shards out of the cache, and from the server what is not there. */
function createShardSource(opened: OpenedIndex, { target, stem, options }: Place): SubdirSource {
  let { index } = opened;
  let mayReload = !options.offline;
  const store = createShardStore(`${stem}.tconda-shards`);
  const absent = new Set<string>();

  const loadShard = async (name: string): Promise<Shard> => {
    const hash = index.hashOf(name);
    if (hash === undefined) return [];
    const url = `${index.shardsBaseUrl}${hash}.msgpack.zst`;
    const known = store.find(hash);
    if (known !== undefined) return parseShard(known, url);
    if (options.offline && !url.startsWith('file:')) {
      absent.add(name);
      return [];
    }
    return parseShard(await download(url, hash, store, options), url);
  };
  const loadAll = (names: readonly string[]): Promise<readonly Shard[]> =>
    mapLimited(names, SHARDS_AT_ONCE, loadShard);

  return {
    get names() {
      return index.names;
    },
    baseUrl: index.baseUrl,
    revisions: index.revisions,
    fromCache: opened.fromCache,
    async load(wanted) {
      let shards: readonly Shard[];
      try {
        shards = await loadAll(wanted);
      } catch (error) {
        if (!mayReload || !isGone(error)) throw error;
        // The server has thrown away shards of an index that we still thought fresh.
        mayReload = false;
        const reloaded = await loadIndex(target, stem, {
          ...options,
          localRepodataTtl: 0,
          useIndexCache: false,
        });
        if (reloaded === undefined) throw error;
        ({ index } = reloaded);
        shards = await loadAll(wanted);
      }
      if (absent.size > 0) {
        const text = `Offline, and the records of these are not in the cache: ${[...absent].join(', ')} (${target.url})`;
        options.report({ kind: 'warning', code: 'no-cached-repodata', text });
        absent.clear();
      }
      const records = new Map<string, RawRecord>();
      for (const shard of shards) for (const [fn, record] of shard) records.set(fn, record);
      return records;
    },
    removed: (names) =>
      names.flatMap((name) => {
        const hash = index.hashOf(name);
        const shard = hash === undefined ? undefined : store.find(hash);
        return shard === undefined ? [] : removedOf(parseShardRemoved(shard, target.url), [name]);
      }),
    close: () => store.flush(),
  };
}

interface OpenedIndex {
  readonly index: ShardIndex;
  readonly fromCache: boolean;
}

const INDEX_FILE = 'repodata_shards.msgpack.zst';
/** More than connections, so that none waits for us. */
const SHARDS_AT_ONCE = 50;
/** Compressed bytes of an index or of a shard. */
const LONGEST_BODY = 64 * 1024 * 1024;

async function loadIndex(
  target: SubdirTarget,
  stem: string,
  options: SubdirOptions,
): Promise<OpenedIndex | undefined> {
  const url = `${target.url}/${INDEX_FILE}`;
  const dataFile = `${stem}.msgpack.zst`;
  for (let attempt = 0; ; attempt += 1) {
    const answer = await refreshFile<ShardIndex>([indexForm(url)], {
      http: options.http,
      dataFile,
      stateFile: `${stem}.info.json`,
      lockFile: `${stem}.tconda-lock`,
      ...freshness(target, options),
    });
    if (answer.kind === 'new') return { index: answer.value, fromCache: false };
    if (answer.kind === 'absent' || answer.kind === 'unknown') return undefined;
    if (answer.kind === 'stale') {
      const text = `Using the cached index of ${target.url}, which may be old: ${answer.error.message}`;
      options.report({ kind: 'warning', code: 'stale-repodata', text });
    }
    try {
      return { index: parseShardIndex(readFileSync(dataFile), url), fromCache: true };
    } catch (error) {
      // Damaged by whoever shares the cache. What was received just now is right.
      if (attempt > 0 || options.offline || answer.kind === 'stale') throw error;
      rmSync(dataFile, { force: true });
    }
  }
}

function indexForm(url: string): CandidateForm<ShardIndex> {
  return {
    url,
    fact: 'hasShards',
    compressed: false,
    receive: async (body, descriptor) => {
      const bytes = await collect(body, url);
      const parsed = parseShardIndex(bytes, url);
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      return parsed;
    },
  };
}

/** The digest is of the compressed bytes. A wrong one may be a cache on the way: it gets one more chance. */
async function download(
  url: string,
  hash: string,
  store: ShardStore,
  options: SubdirOptions,
): Promise<Buffer> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const { body } = await options.http.get(url, {
      ...(attempt > 0 && { headers: { 'cache-control': 'no-cache' } }),
      ...(options.signal && { signal: options.signal }),
    });
    const bytes = await collect(body, url);
    if (store.add(hash, bytes)) return bytes;
  }
  throw new TcondaError('REPODATA_CORRUPT', `The shard ${url} is not the one its name says`, {
    data: { url },
  });
}

async function collect(body: AsyncIterable<Uint8Array>, url: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of body) {
    total += part.length;
    if (total > LONGEST_BODY) {
      throw new TcondaError('REPODATA_CORRUPT', `${url} has more than ${LONGEST_BODY} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts, total);
}

function isGone(error: unknown): boolean {
  return (
    error instanceof TcondaError && (error.data['status_code'] === 404 || error.data['status_code'] === 410)
  );
}
