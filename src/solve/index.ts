import type { PoolAnswer, Rule } from 'libsolv-wasm';

import type { MatchSpec } from '../model/match-spec.ts';
import { formatDistName, type RepoDataRecord } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import type { Job, SolveRequest } from '../model/request.ts';
import type { Solution, Unsolvable } from '../model/solution.ts';
import { adjustResult } from './adjust-result.ts';
import { compareText, numberCandidates, type CandidateTable } from './candidate-table.ts';
import type { ExcludedRecord } from './candidate.ts';
import { findBrokenRules, type ConditionalRule } from './conditional-rules.ts';
import { DependencyTable } from './dependency-table.ts';
import { encodeJobs, type EncodedJob } from './encode-jobs.ts';
import { type ExplainLimits, SHORT, WHOLE } from './explain-limits.ts';
import { explainConflicts } from './explain.ts';
import { findFixes } from './find-fixes.ts';
import { gatherCandidates, type SolveInput } from './gather-candidates.ts';
import { startLibsolv } from './load-libsolv.ts';
import { loadPool, type LoadedPool } from './load-pool.ts';
import { firmSpecs } from './prune-candidates.ts';
import { findMissingNames } from './not-found.ts';
import type { Failure } from './relax-request.ts';
import { withDependencyUpdates } from './update-dependencies.ts';

export type { SolveInput } from './gather-candidates.ts';
export { unsolvableError } from './unsolvable-error.ts';

/** Each attempt gives up the jobs that stood in the way of the one before. */
const MAX_ATTEMPTS = 10;

/**
 * What shall be installed, or why that can't be. The same question has the same answer, in whatever order its records
 * come. Nothing outside is touched but the solver's own code.
 */
export async function solveRequest(
  request: SolveRequest,
  input: SolveInput,
  { fixBudget, explainsAll = false }: SolveOptions = {},
): Promise<Solution | Unsolvable> {
  const { answer, failure } = await decide(request, input, { limits: explainsAll ? WHOLE : SHORT });
  if (answer.kind === 'solved' || failure === undefined || fixBudget === undefined) return answer;
  const solve = async (relaxed: SolveRequest): Promise<readonly RepoDataRecord[] | undefined> => {
    const other = (await decide(relaxed, input, {})).answer;
    return other.kind === 'solved' ? other.records : undefined;
  };
  const search = { installed: input.installed, budget: fixBudget, solve };
  return { ...answer, fixes: await findFixes(request, failure, search) };
}

export interface SolveOptions {
  /** Milliseconds to look for what would work where there is no answer. Left out, nobody looks. */
  readonly fixBudget?: number;
  /** Whether the explanation leaves nothing out, however long it gets. */
  readonly explainsAll?: boolean;
}

interface Decision {
  readonly answer: Solution | Unsolvable;
  /** What other requests can be made from; none where a name is missing. */
  readonly failure?: Failure;
}

async function decide(
  request: SolveRequest,
  input: SolveInput,
  { limits }: { readonly limits?: ExplainLimits },
): Promise<Decision> {
  const dependencies = new DependencyTable(input.virtualPackages);
  const { candidates, excluded } = gatherCandidates(request, input, dependencies);
  const table = numberCandidates(candidates, request.channelPriority);
  const warnings = excluded.flatMap(formatWarning).sort(compareText);
  const excludedNames = new Set(excluded.map(({ record }) => record.name));
  const notFound = findMissingNames(request, table, excludedNames, input.repodata);
  if (notFound.length > 0) {
    const answer = {
      kind: 'unsolvable',
      notFound,
      conflicts: [],
      explanation: [],
      fixes: [],
      warnings,
    } as const;
    return { answer };
  }
  const { loaded, attempt } = await solveWithConditions(request, input, { table, dependencies });
  try {
    if (attempt.answer.kind === 'solved') {
      const records = attempt.answer.solvables.flatMap((number) => decodeSolvable(number, table));
      const adjusted = adjustResult(records, request, input.installed);
      const sorted = adjusted.toSorted((a, b) => compareText(a.name, b.name));
      return { answer: { kind: 'solved', records: sorted, warnings } };
    }
    const { requested } = request;
    const { problems } = attempt.answer;
    const explained =
      limits === undefined
        ? { conflicts: [], explanation: [] }
        : explainConflicts(problems, { loaded, jobs: attempt.jobs, excluded, requested, limits });
    return {
      answer: { kind: 'unsolvable', notFound: [], ...explained, fixes: [], warnings },
      failure: {
        blamed: blamedJobs(attempt.jobs, problems),
        hidesOtherChannels: excluded.some(({ reason }) => reason.kind === 'strict-priority'),
        hidesNewer: excluded.some(({ reason }) => reason.kind === 'too-new'),
        recordsOf: (name) =>
          input.repodata.subdirs.flatMap((subdir) =>
            subdir.kind === 'found' ? subdir.records.filter((record) => record.name === name) : [],
          ),
      },
    };
  } finally {
    loaded.pool.dispose();
  }
}

interface Question {
  readonly table: CandidateTable;
  readonly dependencies: DependencyTable;
}

/**
 * Conditions that the answer leaves unmet are added to the question, and it is asked again. Each is a rule that holds for
 * every answer, so this ends, with an answer or with the proof that there is none.
 */
async function solveWithConditions(
  request: SolveRequest,
  { installed }: SolveInput,
  { table, dependencies }: Question,
): Promise<{ readonly loaded: LoadedPool; readonly attempt: Attempt }> {
  const pins = allJobs(request.jobs).flatMap((job) => (job.kind === 'pin' ? [job.spec] : []));
  const isOpen = (job: Job): boolean => 'spec' in job && dependencies.remaining(job.spec.when) !== undefined;
  const jobs = request.jobs.filter((job) => !isOpen(job));
  const rules: ConditionalRule[] = [];
  let firm: readonly MatchSpec[] | undefined = firmSpecs(jobs, request);
  for (;;) {
    const options = { pins, rules, isLowestWanted: lowestWanted(request), firm };
    const loaded = loadPool(await startLibsolv(), table, dependencies, options);
    const attempt = solveInSteps({ ...request, jobs }, loaded, installed);
    if (attempt.answer.kind === 'unsolvable') {
      if (firm === undefined) return { loaded, attempt };
      // To say why, the solver must know also what was left out.
      firm = undefined;
      loaded.pool.dispose();
      continue;
    }
    const broken = findBrokenRules(attempt.answer.solvables, request.jobs, table, dependencies);
    if (broken.length === 0) return { loaded, attempt };
    loaded.pool.dispose();
    rules.push(...broken);
  }
}

function lowestWanted({ resolution = 'highest', requested }: SolveRequest): (name: string) => boolean {
  if (resolution === 'highest') return () => false;
  if (resolution === 'lowest') return () => true;
  const names = new Set(requested.map((spec) => spec.name));
  return (name) => names.has(name);
}

interface Attempt {
  readonly jobs: readonly EncodedJob[];
  readonly answer: PoolAnswer;
}

/** With `updateDeps` what the requested packages turn out to need is asked for in a second question. */
function solveInSteps(
  request: SolveRequest,
  loaded: LoadedPool,
  installed: readonly PrefixRecord[],
): Attempt {
  const first = solveWithFallbacks(request.jobs, request, loaded);
  if (request.updateDeps !== true || first.answer.kind !== 'solved') return first;
  const records = first.answer.solvables.flatMap((number) => decodeSolvable(number, loaded.table));
  const jobs = withDependencyUpdates(request, records, installed);
  const second = solveWithFallbacks(jobs, request, loaded);
  return second.answer.kind === 'solved' ? second : first;
}

function solveWithFallbacks(requested: readonly Job[], request: SolveRequest, loaded: LoadedPool): Attempt {
  let jobs = requested;
  for (let count = 1; ; count += 1) {
    const attempt = solveOnce(jobs, request, loaded);
    if (attempt.answer.kind === 'solved' || count === MAX_ATTEMPTS) return attempt;
    const blamed = blamedJobs(attempt.jobs, attempt.answer.problems);
    if (!jobs.some((job) => job.fallback !== undefined && blamed.has(job))) return attempt;
    jobs = jobs.flatMap((job) => (blamed.has(job) ? (job.fallback ?? [job]) : [job]));
  }
}

/** The jobs that take part in what stands in the way. */
function blamedJobs(jobs: readonly EncodedJob[], problems: readonly (readonly Rule[])[]): ReadonlySet<Job> {
  const blamed = problems.flat().map(({ job }) => (job === undefined ? undefined : jobs[job]?.origin));
  return new Set(blamed.filter((job) => job !== undefined));
}

function solveOnce(jobs: readonly Job[], request: SolveRequest, loaded: LoadedPool): Attempt {
  const encoded = encodeJobs(jobs, loaded, request.pruneOrphans);
  const answer = loaded.pool.solve(encoded, { allowDowngrade: request.allowDowngrade, allowUninstall: true });
  return { jobs: encoded, answer };
}

function allJobs(jobs: readonly Job[]): Job[] {
  return jobs.flatMap((job) => [job, ...allJobs(job.fallback ?? [])]);
}

function decodeSolvable(number: number, table: CandidateTable): RepoDataRecord[] {
  const source = table.candidates[number]?.source;
  return source === undefined || source.kind === 'virtual' ? [] : [source.record];
}

function formatWarning({ record, reason }: ExcludedRecord): string[] {
  if (reason.kind !== 'unreadable') return [];
  return [`${record.schannel}/${record.subdir}::${formatDistName(record)} is left out: ${reason.problem}`];
}
