import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { TcondaError } from '../errors.ts';
import { temporaryName } from '../io/atomic-file.ts';
import { type HttpClient, type HttpResponse, refused } from '../io/http.ts';
import { acquireLease, type Lease } from '../io/lease-file.ts';
import { type CacheState, isFresh, isKnownAbsent, loadCacheState, saveCacheState } from './cache-state.ts';

/** One form in which the server may have the file. */
export interface CandidateForm<T> {
  readonly url: string;
  /** What its absence says about the server. Of what is absent a form of choice isn't asked for again for a week. */
  readonly fact?: 'hasZst' | 'hasJson' | 'hasShards';
  /** Whether the server may pack it on the way. */
  readonly compressed: boolean;
  /** Writes the body to the file descriptor, checked. What it throws leaves the cache as it was. */
  readonly receive: (body: AsyncIterable<Uint8Array>, descriptor: number) => Promise<T>;
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

export type Refreshed<T> =
  /** What is cached is right. `checked`: the server said so just now. */
  | { readonly kind: 'cached'; readonly checked: boolean }
  /** What is cached is old, and the server can't be asked. */
  | { readonly kind: 'stale'; readonly error: TcondaError }
  | { readonly kind: 'new'; readonly value: T }
  /** The server does not have it. */
  | { readonly kind: 'absent'; readonly status: number }
  /** Offline, and nothing is cached. */
  | { readonly kind: 'unknown' };

/**
 * Brings a cached file up to date with as little traffic as can be: none while it is fresh, a conditional request when it is not.
 * The file changes only as a whole and only for what was received and checked to its end. Processes that want the same wait for the
 * one that fetches, but not for long.
 * @throws {TcondaError} `HTTP_FAILED` when there is nothing cached to fall back to, and what `receive` throws
 */
export async function refreshFile<T>(
  forms: readonly CandidateForm<T>[],
  options: RefreshOptions,
): Promise<Refreshed<T>> {
  const { now, ttl } = options;
  const known = await loadKnown(forms, options);
  const settled = answerFromCache(known, options);
  if (settled !== undefined) return settled;
  const started = now();
  const { lease, waited } = await lock(options);
  try {
    const current = waited ? await loadKnown(forms, options) : known;
    if (waited && current.state && Number(current.state.refreshNs / 1_000_000n) >= started - 1) {
      const answer = answerFromCache(current, { ...options, ttl: Math.max(60, Number(ttl)) });
      if (answer !== undefined) return answer;
    }
    return await ask(forms, current, options);
  } finally {
    await lease?.release();
  }
}

interface Known {
  readonly state: CacheState | undefined;
  /** The data file is there, and it is the one that the state is about. */
  readonly isIntact: boolean;
  readonly hasData: boolean;
}

async function loadKnown<T>(forms: readonly CandidateForm<T>[], options: RefreshOptions): Promise<Known> {
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

function answerFromCache(known: Known, options: RefreshOptions): Refreshed<never> | undefined {
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
const ABSENT = -404;
/** Milliseconds to wait for another process. It may be stopped; two downloads are better than none. */
const LONGEST_WAIT = 60_000;

async function lock(
  options: RefreshOptions,
): Promise<{ readonly lease: Lease | undefined; readonly waited: boolean }> {
  let waited = false;
  try {
    const lease = await acquireLease(options.lockFile, {
      timeout: LONGEST_WAIT,
      onWait: () => {
        waited = true;
      },
      ...(options.signal && { signal: options.signal }),
    });
    return { lease, waited };
  } catch (error) {
    if (error instanceof TcondaError && error.code === 'LOCK_TIMEOUT') return { lease: undefined, waited };
    throw error;
  }
}

async function ask<T>(
  forms: readonly CandidateForm<T>[],
  known: Known,
  options: RefreshOptions,
): Promise<Refreshed<T>> {
  const facts: { -readonly [F in NonNullable<CandidateForm<T>['fact']>]?: CacheState[F] } = {
    ...pickFacts(known.state),
  };
  // What every channel has is asked for always: that it was absent is no reason to believe that it still is.
  const tried = forms.filter(
    ({ fact }, index) =>
      index === forms.length - 1 ||
      fact === undefined ||
      fact === 'hasJson' ||
      !isKnownAbsent(facts[fact], options.now()),
  );
  let status = 404;
  let failure: unknown;
  for (const form of tried) {
    const base = known.state ?? EMPTY_STATE;
    let response: HttpResponse;
    try {
      response = await options.http.request(form.url, {
        headers: validators(form, known),
        compressed: form.compressed,
        ...(options.signal && { signal: options.signal }),
      });
    } catch (error) {
      return orStale(error, known);
    }
    const refreshed = {
      ...base,
      ...facts,
      cacheControl:
        response.headers.get('cache-control') ?? (response.status === 304 ? base.cacheControl : ''),
      refreshNs: BigInt(Math.round(options.now())) * 1_000_000n,
    };
    if (response.status === 304) {
      response.dismiss();
      await saveCacheState(options.stateFile, refreshed);
      return { kind: 'cached', checked: true };
    }
    if (response.status === 200) {
      try {
        const value = await receive(form, response, options);
        const { size, mtimeNs } = await stat(options.dataFile, { bigint: true });
        await saveCacheState(options.stateFile, {
          ...refreshed,
          url: response.url,
          etag: response.headers.get('etag') ?? '',
          mod: response.headers.get('last-modified') ?? '',
          size: Number(size),
          mtimeNs,
          ...(form.fact && { [form.fact]: { value: true, lastChecked: options.now() } }),
        });
        return { kind: 'new', value };
      } catch (error) {
        if (form !== tried.at(-1) && form.mayFallBack?.(error) === true) {
          failure = error;
          continue;
        }
        return orStale(error, known);
      }
    }
    response.dismiss();
    status = response.status;
    if (!isAbsence(status)) return orStale(refused(form.url, status), known);
    if (form.fact) facts[form.fact] = { value: false, lastChecked: options.now() };
    if (form === tried.at(-1)) {
      if (failure !== undefined) return orStale(failure, known);
      await saveCacheState(options.stateFile, {
        ...refreshed,
        ...facts,
        url: form.url,
        size: status === 404 || status === 410 ? ABSENT : -1,
        mtimeNs: 0n,
      });
    }
  }
  return { kind: 'absent', status };
}

const EMPTY_STATE: CacheState = {
  url: '',
  etag: '',
  mod: '',
  cacheControl: '',
  size: -1,
  mtimeNs: 0n,
  refreshNs: 0n,
};

function pickFacts(state: CacheState | undefined): Pick<CacheState, 'hasZst' | 'hasJson' | 'hasShards'> {
  return {
    ...(state?.hasZst && { hasZst: state.hasZst }),
    ...(state?.hasJson && { hasJson: state.hasJson }),
    ...(state?.hasShards && { hasShards: state.hasShards }),
  };
}

/** 403 too: object stores say so of what is not there to those who may not list. */
function isAbsence(status: number): boolean {
  return status === 404 || status === 410 || status === 403 || status === 501;
}

/** A validator belongs to one URL. conda's state may name just the subdir: then it is of the form that the server has first. */
function validators<T>(form: CandidateForm<T>, { state, isIntact }: Known): Readonly<Record<string, string>> {
  if (state === undefined || !isIntact) return {};
  const isOfForm =
    state.url === form.url ||
    (form.url.startsWith(`${trimSlash(state.url)}/`) &&
      (form.fact === 'hasZst') === (state.hasZst?.value === true));
  if (!isOfForm) return {};
  if (state.etag !== '') return { 'if-none-match': state.etag };
  return state.mod === '' ? {} : { 'if-modified-since': state.mod };
}

async function receive<T>(
  form: CandidateForm<T>,
  response: HttpResponse,
  options: RefreshOptions,
): Promise<T> {
  const beside = temporaryName(options.dataFile);
  try {
    const descriptor = openSync(beside, 'wx');
    let value;
    try {
      value = await form.receive(response.body, descriptor);
    } finally {
      closeSync(descriptor);
    }
    await rename(beside, options.dataFile);
    return value;
  } finally {
    response.dismiss();
    rmSync(beside, { force: true });
  }
}

/** On Windows a file that is being read can't be replaced. Nobody reads for long. */
async function rename(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (attempt === 6 || (code !== 'EPERM' && code !== 'EACCES' && code !== 'EBUSY')) throw error;
      await sleep(20 * 2 ** attempt);
    }
  }
}

function orStale(error: unknown, known: Known): Refreshed<never> {
  if (!known.hasData || !(error instanceof TcondaError) || error.code === 'OFFLINE') throw error;
  const status = error.data['status_code'];
  if (status === 401 || status === 407) throw error;
  return { kind: 'stale', error };
}
