import { stat } from 'node:fs/promises';

import type { HttpClient } from '../io/http.ts';
import { type CacheState, isFresh, loadCacheState } from './cache-state.ts';
import type { ReceiveBody } from './receive-file.ts';

/** One form in which the server may have the file. */
export interface CandidateForm<T> {
  readonly url: string;
  /** What its absence says about the server. Of what is absent a form of choice isn't asked for again for a week. */
  readonly fact?: 'hasZst' | 'hasJson' | 'hasShards';
  /** Whether the server may pack it on the way. */
  readonly compressed: boolean;
  readonly receive: ReceiveBody<T>;
  /** Whether the next form may be tried when this one can't be received. */
  readonly mayFallBack?: (error: unknown) => boolean;
}

export interface RefreshOptions {
  readonly http: HttpClient;
  /** The cached file, its state, and the lock of both. */
  readonly dataFile: string;
  readonly stateFile: string;
  readonly lockFile: string;
  /** Seconds, or `true`: what the server said. */
  readonly ttl: number | boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The cached file as it is, however old. */
  readonly preferCache: boolean;
  readonly offline: boolean;
  readonly signal?: AbortSignal;
}

/** What is known of a cached file. */
export interface Known {
  readonly state: CacheState | undefined;
  /** The data file is there, and it is the one that the state is about. */
  readonly isIntact: boolean;
  readonly hasData: boolean;
}

/** Looks at the cached file and its state. */
export async function loadKnown<T>(
  forms: readonly CandidateForm<T>[],
  options: RefreshOptions,
): Promise<Known> {
  const state = await loadCacheState(options.stateFile);
  const stats = await stat(options.dataFile, { bigint: true }).catch(() => undefined);
  // Eight digits of a hash may be those of two channels.
  const isOurs =
    state !== undefined &&
    (state.url === '' || forms.some(({ url }) => url.startsWith(trimSlash(state.url))));
  if (!isOurs)
    return { state: undefined, isIntact: false, hasData: state === undefined && stats !== undefined };
  const isIntact =
    stats !== undefined && Number(stats.size) === state.size && stats.mtimeNs === state.mtimeNs;
  return { state, isIntact, hasData: stats !== undefined };
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/** What the cache itself can say. */
export type CachedAnswer =
  /** What is cached is right. `checked`: the server said so just now. */
  | { readonly kind: 'cached'; readonly checked: boolean }
  /** The server does not have it. */
  | { readonly kind: 'absent'; readonly status: number }
  /** Offline, and nothing is cached. */
  | { readonly kind: 'unknown' };

/** What needs no question to the server; undefined when it is to be asked. */
export function answerFromCache(known: Known, options: RefreshOptions): CachedAnswer | undefined {
  if (options.offline || options.preferCache) {
    if (known.hasData) return { kind: 'cached', checked: false };
    if (options.offline) return { kind: 'unknown' };
  }
  if (known.state === undefined || !isFresh(known.state, options.ttl, options.now())) return undefined;
  if (known.isIntact) return { kind: 'cached', checked: false };
  const isAbsent = known.state.size === ABSENT;
  return isAbsent ? { kind: 'absent', status: 404 } : undefined;
}

/** Size in a state that says: the server has no such file. */
export const ABSENT = -404;

/**
 * Headers that ask whether the cached file is still right. A validator belongs to one URL; conda's state may name just the subdir: then
 * it is of the form that the server has first.
 */
export function validators<T>(
  form: CandidateForm<T>,
  { state, isIntact }: Known,
): Readonly<Record<string, string>> {
  if (state === undefined || !isIntact) return {};
  const isOfForm =
    state.url === form.url ||
    (form.url.startsWith(`${trimSlash(state.url)}/`) &&
      (form.fact === 'hasZst') === (state.hasZst?.value === true));
  if (!isOfForm) return {};
  if (state.etag !== '') return { 'if-none-match': state.etag };
  return state.mod === '' ? {} : { 'if-modified-since': state.mod };
}
