import { isNameOnlySpec, type MatchSpec } from '../model/match-spec.ts';
import { parseMatchSpec } from '../model/match-spec-text.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { Job, SolveRequest } from '../model/request.ts';
import type { Relaxation } from '../model/solution.ts';
import { compareVersions, findVersion } from '../model/version.ts';
import { relaxSpec } from './relax-spec.ts';

/** A request that asks for less than the one that failed. */
export interface RelaxedRequest {
  readonly changes: readonly Relaxation[];
  readonly request: SolveRequest;
  /** Once something of a group works, what follows in the group is a greater change than is needed. */
  readonly group: string;
  /** Within a group, alternatives of equal step stand beside each other. */
  readonly step: number;
}

/** What is known about why a request fails. */
export interface Failure {
  /** The jobs that take part in a conflict. */
  readonly blamed: ReadonlySet<Job>;
  /** Whether something is not considered for its channel, or for its age. */
  readonly hidesOtherChannels: boolean;
  readonly hidesNewer: boolean;
  /** The records of a name on all channels. */
  readonly recordsOf: (name: string) => readonly RepoDataRecord[];
}

/** Other minor versions of python, each a request of its own. */
const MAX_PYTHONS = 5;

/**
 * Requests to try in place of one that failed, the least change first. The order depends on nothing but the request and
 * what stands in the way of it.
 */
export function* relaxRequest(request: SolveRequest, failure: Failure): Iterable<RelaxedRequest> {
  const blamed = request.jobs.filter((job) => isBlamed(job, failure.blamed));
  yield* unfreeze(request, blamed);
  if (failure.hidesOtherChannels && request.channelPriority === 'strict') {
    yield single({ kind: 'channel-priority', to: 'flexible' }, { ...request, channelPriority: 'flexible' });
  }
  const specs = blamed.flatMap((job) => (isAsked(job, request) ? [job.spec] : []));
  const steps = specs.map((spec) => ({ spec, steps: relaxSpec(spec) }));
  const depth = Math.max(0, ...steps.map((each) => each.steps.length));
  for (let step = 0; step < depth; step += 1) {
    for (const { spec, steps: own } of steps) {
      // The bare name comes last for all, however many steps there are before.
      const place = step === depth - 1 ? own.length - 1 : step < own.length - 1 ? step : -1;
      for (const to of own[place] ?? []) {
        const change: Relaxation = { kind: 'change-spec', spec: spec.text, to: to.text };
        yield { changes: [change], request: replaceSpec(request, spec, to), group: spec.text, step: place };
      }
    }
    if (step === 0) yield* changePython(request, failure);
  }
  if (depth === 0) yield* changePython(request, failure);
  yield* unpin(request, blamed);
  if (failure.hidesNewer) {
    const { excludeNewer: _, ...rest } = request;
    yield single({ kind: 'allow-newer' }, rest);
  }
  yield* updateDependencies(request);
  if (request.requested.length > 1) {
    for (const spec of specs) {
      const change: Relaxation = { kind: 'drop-spec', spec: spec.text };
      const relaxed = replaceSpec(request, spec, undefined);
      yield { changes: [change], request: relaxed, group: spec.text, step: Infinity };
    }
  }
}

/** A job is to blame for what stands in for it, too. */
function isBlamed(job: Job, blamed: ReadonlySet<Job>): boolean {
  return blamed.has(job) || (job.fallback?.some((each) => isBlamed(each, blamed)) ?? false);
}

type AskedJob = Extract<Job, { readonly kind: 'install' | 'update' }>;

function isAsked(job: Job, { requested }: SolveRequest): job is AskedJob {
  if (job.kind !== 'install' && job.kind !== 'update') return false;
  return requested.includes(job.spec);
}

function single(change: Relaxation, request: SolveRequest): RelaxedRequest {
  return { changes: [change], request, group: change.kind, step: 0 };
}

function* unfreeze(request: SolveRequest, blamed: readonly Job[]): Iterable<RelaxedRequest> {
  const names = blamed.flatMap((job) => (job.kind === 'freeze' ? [job.name] : []));
  if (names.length === 0) return;
  const jobs = request.jobs.filter((job) => job.kind !== 'freeze' || !names.includes(job.name));
  yield {
    changes: [{ kind: 'unfreeze', names }],
    request: { ...request, jobs },
    group: 'installed',
    step: 0,
  };
}

/** The installed python keeps its minor version unless someone says otherwise; this says otherwise. */
function* changePython(request: SolveRequest, { recordsOf }: Failure): Iterable<RelaxedRequest> {
  const pin = request.jobs.find(
    (job) => job.kind === 'pin' && job.isImplied === true && job.spec.name === 'python',
  );
  if (pin?.kind !== 'pin') return;
  const from = pin.spec.version?.text.replace(/\.\*$/, '') ?? '';
  const minors = new Set(recordsOf('python').map(({ version }) => /^\d+\.\d+/.exec(version)?.[0] ?? version));
  const near = [...minors]
    .filter((minor) => minor !== from)
    .toSorted((a, b) => distance(a, from) - distance(b, from) || compareTexts(b, a));
  for (const to of near.slice(0, MAX_PYTHONS)) {
    const spec = parseMatchSpec(`python ${to}.*`);
    const jobs = request.jobs.map((job): Job => (job === pin ? { kind: 'install', spec } : job));
    const relaxed = { ...request, requested: [...request.requested, spec], jobs: dropImplied(jobs) };
    yield { changes: [{ kind: 'change-python', from, to }], request: relaxed, group: 'python', step: 0 };
  }
}

function dropImplied(jobs: readonly Job[]): readonly Job[] {
  return jobs.filter((job) => job.kind !== 'pin' || job.isImplied !== true);
}

function distance(minor: string, from: string): number {
  const [a = 0, b = 0] = minor.split('.').map(Number);
  const [c = 0, d = 0] = from.split('.').map(Number);
  return Math.abs(a - c) * 100 + Math.abs(b - d);
}

function compareTexts(a: string, b: string): number {
  const [left, right] = [findVersion(a), findVersion(b)];
  return left === undefined || right === undefined ? 0 : compareVersions(left, right);
}

function* unpin(request: SolveRequest, blamed: readonly Job[]): Iterable<RelaxedRequest> {
  for (const pin of blamed) {
    if (pin.kind !== 'pin' || pin.isImplied === true) continue;
    const jobs = request.jobs.filter((job) => job !== pin);
    const change: Relaxation = { kind: 'unpin', spec: pin.spec.text };
    yield { changes: [change], request: { ...request, jobs }, group: change.spec, step: 0 };
  }
}

/** What was asked for before, and what was to stay, gives way as far as it must. */
function* updateDependencies(request: SolveRequest): Iterable<RelaxedRequest> {
  const gives = (job: Job): boolean =>
    job.kind === 'freeze' || (job.kind === 'install' && !request.requested.includes(job.spec));
  if (request.updateDeps === true || !request.jobs.some(gives)) return;
  const jobs = request.jobs.filter((job) => !gives(job));
  const relaxed = { ...request, jobs, updateDeps: true };
  yield { changes: [{ kind: 'update-deps' }], request: relaxed, group: 'installed', step: 1 };
}

/** The requested specs that take part in a conflict and ask for more than a name. */
export function findStrictSpecs(request: SolveRequest, { blamed }: Failure): readonly MatchSpec[] {
  return request.jobs.flatMap((job) => {
    if (!isAsked(job, request) || !isBlamed(job, blamed)) return [];
    return job.spec.exactName === undefined || isNameOnlySpec(job.spec) ? [] : [job.spec];
  });
}

/** Of all these specs nothing but the name is asked for. */
export function loosenAll(request: SolveRequest, specs: readonly MatchSpec[]): RelaxedRequest {
  const changes: Relaxation[] = [];
  let relaxed = request;
  for (const spec of specs) {
    const to = parseMatchSpec(spec.name);
    changes.push({ kind: 'change-spec', spec: spec.text, to: to.text });
    relaxed = replaceSpec(relaxed, spec, to);
  }
  return { changes, request: relaxed, group: 'all', step: 0 };
}

/** @param to nothing takes the place of the spec if undefined */
function replaceSpec(request: SolveRequest, spec: MatchSpec, to: MatchSpec | undefined): SolveRequest {
  const replace = (each: MatchSpec): readonly MatchSpec[] =>
    each !== spec ? [each] : to === undefined ? [] : [to];
  return {
    ...request,
    requested: request.requested.flatMap(replace),
    jobs: request.jobs.flatMap((job): readonly Job[] => {
      if (job.kind !== 'install' && job.kind !== 'update') return [job];
      return replace(job.spec).map((each): Job => ({ ...job, spec: each }));
    }),
  };
}
