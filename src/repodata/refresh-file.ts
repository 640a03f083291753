import { stat } from 'node:fs/promises';

import { TcondaError } from '../errors.ts';
import { refused } from '../io/http-errors.ts';
import type { HttpResponse } from '../io/http.ts';
import { acquireLease, type Lease } from '../io/lease-file.ts';
import { type CacheState, isKnownAbsent, saveCacheState } from './cache-state.ts';
import {
  ABSENT,
  answerFromCache,
  type CachedAnswer,
  type CandidateForm,
  type Known,
  loadKnown,
  type RefreshOptions,
  validators,
} from './cached-file.ts';
import { receiveFile } from './receive-file.ts';

/** What became of a file in the cache. */
export type Refreshed<T> =
  | CachedAnswer
  /** What is cached is old, and the server can't be asked. */
  | { readonly kind: 'stale'; readonly error: TcondaError }
  | { readonly kind: 'new'; readonly value: T };

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
    const refreshed = refreshedState({ ...base, ...facts }, response, options.now());
    if (response.status === 304) {
      response.dismiss();
      await saveCacheState(options.stateFile, refreshed);
      return { kind: 'cached', checked: true };
    }
    if (response.status === 200) {
      try {
        return { kind: 'new', value: await receive(form, response, refreshed, options) };
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

/** What was known, as of an answer that says nothing else. */
function refreshedState(known: CacheState, { status, headers }: HttpResponse, now: number): CacheState {
  return {
    ...known,
    cacheControl: headers.get('cache-control') ?? (status === 304 ? known.cacheControl : ''),
    refreshNs: BigInt(Math.round(now)) * 1_000_000n,
  };
}

/** The file, and then its state. */
async function receive<T>(
  form: CandidateForm<T>,
  response: HttpResponse,
  state: CacheState,
  { dataFile, stateFile, now }: RefreshOptions,
): Promise<T> {
  const value = await receiveFile(dataFile, response, form.receive);
  const { size, mtimeNs } = await stat(dataFile, { bigint: true });
  await saveCacheState(stateFile, {
    ...state,
    url: response.url,
    etag: response.headers.get('etag') ?? '',
    mod: response.headers.get('last-modified') ?? '',
    size: Number(size),
    mtimeNs,
    ...(form.fact && { [form.fact]: { value: true, lastChecked: now() } }),
  });
  return value;
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

function orStale(error: unknown, known: Known): Refreshed<never> {
  if (!known.hasData || !(error instanceof TcondaError) || error.code === 'OFFLINE') throw error;
  const status = error.data['status_code'];
  if (status === 401 || status === 407) throw error;
  return { kind: 'stale', error };
}
