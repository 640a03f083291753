import type { Phase, ProgressEvent } from '../model/event.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { Transaction } from '../model/transaction.ts';

/** How far a phase has come. */
export interface PhaseProgress {
  readonly total: number | undefined;
  readonly done: number;
  /** Of `done`, how many needed no work. */
  readonly cached: number;
  /** Bytes that came over the network. */
  readonly bytes: number;
}

/** Where the work stands: phases that run, and what is being downloaded, by file name. */
export interface ProgressState {
  readonly phases: ReadonlyMap<Phase, PhaseProgress>;
  readonly downloads: ReadonlyMap<string, { readonly record: RepoDataRecord; readonly bytes: number }>;
  /** What is to come over the network in all, as far as that is known; 0 where it is not. */
  readonly expectedBytes: number;
}

export const NO_PROGRESS: ProgressState = { phases: new Map(), downloads: new Map(), expectedBytes: 0 };

const IDLE: PhaseProgress = { total: undefined, done: 0, cached: 0, bytes: 0 };

const ORDER: readonly Phase[] = ['repodata', 'solve', 'fetch', 'extract', 'link'];

/** The phases that `event` brings to an end: the one it names, and those that lie before what begins. */
export function phasesEndedBy(state: ProgressState, event: ProgressEvent): readonly Phase[] {
  const running = ORDER.filter((phase) => state.phases.has(phase));
  if (event.kind === 'phase-finished') return running.filter((phase) => phase === event.phase);
  const limit = event.kind === 'phase-started' ? event.phase : event.kind === 'planned' ? 'fetch' : undefined;
  if (limit === undefined) return [];
  // Packages are extracted while others are still downloaded.
  const until = ORDER.indexOf(limit === 'extract' ? 'fetch' : limit);
  return running.filter((phase) => ORDER.indexOf(phase) < until);
}

/** The state after `event`. A phase that has ended is no longer in it. */
export function reduceProgress(before: ProgressState, event: ProgressEvent): ProgressState {
  const ended = phasesEndedBy(before, event);
  const state =
    ended.length === 0
      ? before
      : { ...before, phases: ended.reduce(without<Phase, PhaseProgress>, before.phases) };
  switch (event.kind) {
    case 'phase-started':
      return withPhase(state, event.phase, (phase) => ({ ...phase, total: event.total ?? phase.total }));
    case 'phase-finished':
      return state;
    case 'repodata-loaded':
      return withPhase(state, 'repodata', (phase) => counted(phase, event.fromCache));
    case 'download-progress':
      return withDownload(state, event.record, event.bytes);
    case 'fetched':
      return {
        ...withPhase(state, 'fetch', (phase) => counted(phase, event.fromCache)),
        downloads: without(state.downloads, event.record.fn),
        expectedBytes: Math.max(0, state.expectedBytes - (event.fromCache ? (event.record.size ?? 0) : 0)),
      };
    case 'extracted':
      return withPhase(state, 'extract', (phase) => counted(phase, event.fromCache));
    case 'linked':
    case 'unlinked':
      return withPhase(state, 'link', (phase) => counted(phase, false));
    case 'planned':
      return { ...state, expectedBytes: sizeOfInstalls(event.transaction) };
    case 'script-ran':
    case 'message':
    case 'warning':
      return state;
  }
}

/** Of everything that comes; what turns out to be in the cache is taken off. */
function sizeOfInstalls({ operations }: Transaction): number {
  return operations.reduce(
    (sum, operation) => sum + ('install' in operation ? (operation.install.size ?? 0) : 0),
    0,
  );
}

function withPhase(
  state: ProgressState,
  phase: Phase,
  change: (before: PhaseProgress) => PhaseProgress,
): ProgressState {
  const phases = new Map(state.phases);
  phases.set(phase, change(state.phases.get(phase) ?? IDLE));
  return { ...state, phases };
}

function withDownload(state: ProgressState, record: RepoDataRecord, bytes: number): ProgressState {
  const downloads = new Map(state.downloads);
  downloads.set(record.fn, { record, bytes: (state.downloads.get(record.fn)?.bytes ?? 0) + bytes });
  return {
    ...withPhase(state, 'fetch', (phase) => ({ ...phase, bytes: phase.bytes + bytes })),
    downloads,
  };
}

function counted(phase: PhaseProgress, isCached: boolean): PhaseProgress {
  return { ...phase, done: phase.done + 1, cached: phase.cached + (isCached ? 1 : 0) };
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
