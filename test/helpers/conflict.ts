import type { Job, SolveRequest } from '../../src/model/request.ts';
import type { Fix, Relaxation, Solution } from '../../src/model/solution.ts';
import { parseMatchSpec } from '../../src/model/match-spec-text.ts';
import { solveRequest, unsolvableError, type SolveInput } from '../../src/solve/index.ts';
import { pkg, repodataOf } from './pkg.ts';
import { job, requestOf, type World } from './solve.ts';

export const PYTHONS = ['3.9.18', '3.10.13', '3.11.8', '3.12.2'].map((version) => pkg(`python ${version}`));
/** One for each of the pythons. */
export const NUMPYS = [
  pkg('numpy 1.21.0 py39_0', { depends: ['python >=3.9,<3.10'] }),
  pkg('numpy 1.21.1 py310_0', { depends: ['python >=3.10,<3.11'] }),
  pkg('numpy 1.26.3 py311_0', { depends: ['python >=3.11,<3.12'] }),
  pkg('numpy 1.26.4 py312_0', { depends: ['python >=3.12,<3.13'] }),
];
/** A second channel. */
export const OLD = 'https://conda.example/old';

/** Long enough that every change is tried, on any machine. */
const BUDGET = 60_000;

/** A world as the solver takes it. */
export function inputOf({ channels, installed = [], virtual = [] }: World): SolveInput {
  return { repodata: repodataOf(...channels), installed, virtualPackages: virtual };
}

/**
 * What a person reads when the request fails. Each fix that is offered is asked for anew, as that person would, and must lead
 * to what it says.
 */
export async function refuse(request: SolveRequest, input: SolveInput): Promise<string> {
  const answer = await solveRequest(request, input, { fixBudget: BUDGET });
  if (answer.kind === 'solved') throw new Error('There is an answer');
  for (const fix of answer.fixes) {
    // oxlint-disable-next-line no-await-in-loop -- the first that fails is told
    await verifyFix(fix, request, input);
  }
  const error = unsolvableError(answer, request);
  return [error.message, ...(error.hint === undefined ? [] : ['', error.hint])].join('\n');
}

/** {@link refuse} for jobs, each a line or a value. */
export async function explain(
  world: World,
  jobs: readonly (string | Job)[],
  fields: Parameters<typeof requestOf>[1] = {},
): Promise<string> {
  return await refuse(requestOf(jobs, fields), inputOf(world));
}

/** Throws unless a fix, asked for anew, leads to what it says. */
export async function verifyFix(fix: Fix, request: SolveRequest, input: SolveInput): Promise<void> {
  const fixed = fix.changes.reduce(applyChange, request);
  const answer = await solveRequest(fixed, input);
  const found = answer.kind === 'solved' ? versionsOf(answer, fixed) : answer.explanation;
  if (answer.kind !== 'solved' || found.join() !== fix.leadsTo.join()) {
    throw new Error(`${JSON.stringify(fix)} leads to ${found.join('\n')}`);
  }
}

function versionsOf({ records }: Solution, { requested }: SolveRequest): readonly string[] {
  const names = new Set<string>(requested.map((spec) => spec.name));
  const own = records.filter(({ name }) => names.has(name));
  return own.map(({ name, version }) => `${name} ${version}`).toSorted();
}

function applyChange(request: SolveRequest, change: Relaxation): SolveRequest {
  const { jobs } = request;
  const withJobs = (changed: readonly Job[]): SolveRequest => {
    const requested = changed.flatMap((each) =>
      (each.kind === 'install' || each.kind === 'update') && each.fallback === undefined ? [each.spec] : [],
    );
    return { ...request, jobs: changed, requested };
  };
  const isOf = (each: Job, spec: string): boolean => 'spec' in each && each.spec.text === spec;
  switch (change.kind) {
    case 'change-spec': {
      const spec = parseMatchSpec(change.to);
      return withJobs(
        jobs.map((each) => ('spec' in each && isOf(each, change.spec) ? { ...each, spec } : each)),
      );
    }
    case 'drop-spec':
    case 'unpin':
      return withJobs(jobs.filter((each) => !isOf(each, change.spec)));
    case 'change-python':
      return withJobs([
        ...jobs.filter((each) => each.kind !== 'pin' || each.isImplied !== true),
        job(`install python=${change.to}`),
      ]);
    case 'unfreeze':
    case 'update-deps': {
      const isKept = (each: Job): boolean =>
        each.kind !== 'freeze' && (each.kind !== 'install' || each.fallback === undefined);
      return withJobs(jobs.filter(isKept));
    }
    case 'channel-priority':
      return { ...request, channelPriority: change.to };
    case 'allow-newer': {
      const { excludeNewer: _, ...rest } = request;
      return rest;
    }
  }
}
