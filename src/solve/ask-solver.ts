import type { PoolAnswer, Rule } from 'libsolv-wasm';

import type { MatchSpec } from '../model/match-spec.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import type { Job, SolveRequest } from '../model/request.ts';
import { adjustResult } from './adjust-result.ts';
import type { CandidateTable } from './candidate-table.ts';
import { findBrokenRules, type ConditionalRule } from './conditional-rules.ts';
import type { DependencyTable } from './dependency-table.ts';
import { encodeJobs, type EncodedJob } from './encode-jobs.ts';
import type { SolveInput } from './gather-candidates.ts';
import {
  isFeatureJob,
  knownFeatures,
  requestedFeatures,
  trackedFeatures,
  type Features,
} from './legacy-features.ts';
import { startLibsolv } from './load-libsolv.ts';
import { loadPool, type LoadedPool } from './load-pool.ts';
import { firmSpecs } from './prune-candidates.ts';
import { rest } from './rest.ts';
import { withDependencyUpdates } from './update-dependencies.ts';

/** Each attempt gives up the jobs that stood in the way of the one before. */
const MAX_ATTEMPTS = 10;
/** Turning features on may turn on more, or others; whoever goes in circles stops here. */
const MAX_FEATURE_ROUNDS = 3;

/** What stays the same over all attempts to solve a request. */
export interface Question {
  readonly table: CandidateTable;
  readonly dependencies: DependencyTable;
  readonly signal: AbortSignal | undefined;
}

/** What the solver said, and of what. */
export interface Outcome {
  readonly loaded: LoadedPool;
  readonly attempt: Attempt;
}

/**
 * The solver's answer to a request, still in its pool. One that turns on a legacy feature is sought again with what is made
 * for that feature preferred.
 */
export async function askSolver(
  request: SolveRequest,
  input: SolveInput,
  question: Question,
): Promise<Outcome> {
  const known = knownFeatures(question.table);
  if (known.size === 0) return solveWithConditions(request, input, question, known);
  const asked = requestedFeatures(request.jobs, known);
  const plain = { ...request, jobs: request.jobs.filter((job) => !isFeatureJob(job, known)) };
  let active = asked;
  for (let round = 1; ; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each round starts from the one before
    const outcome = await solveWithConditions(plain, input, question, active);
    const { answer } = outcome.attempt;
    if (answer.kind === 'unsolvable' || round === MAX_FEATURE_ROUNDS) return outcome;
    const records = answer.solvables.flatMap((number) => decodeSolvable(number, question.table));
    const found = trackedFeatures(adjustResult(records, request, input.installed), known);
    const next = new Set([...asked, ...found]);
    if (next.size === active.size && [...next].every((feature) => active.has(feature))) return outcome;
    outcome.loaded.pool.dispose();
    active = next;
  }
}

/**
 * Conditions that the answer leaves unmet are added to the question, and it is asked again. Each is a rule that holds for
 * every answer, so this ends, with an answer or with the proof that there is none.
 */
async function solveWithConditions(
  request: SolveRequest,
  { installed }: SolveInput,
  { table, dependencies, signal }: Question,
  active: Features,
): Promise<Outcome> {
  const pins = allJobs(request.jobs).flatMap((job) => (job.kind === 'pin' ? [job.spec] : []));
  const isOpen = (job: Job): boolean => 'spec' in job && dependencies.remaining(job.spec.when) !== undefined;
  const jobs = request.jobs.filter((job) => !isOpen(job));
  const rules: ConditionalRule[] = [];
  const requestedNames = new Set(request.requested.map((spec) => spec.name));
  let firm: readonly MatchSpec[] | undefined = firmSpecs(jobs, request);
  for (;;) {
    const options = { pins, rules, isLowestWanted: lowestWanted(request), firm, active, requestedNames };
    const libsolv = await startLibsolv();
    await rest(signal);
    const loaded = loadPool(libsolv, table, dependencies, options);
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
export function blamedJobs(
  jobs: readonly EncodedJob[],
  problems: readonly (readonly Rule[])[],
): ReadonlySet<Job> {
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

/** The record that a number of the solver stands for; none for a virtual package. */
export function decodeSolvable(number: number, table: CandidateTable): RepoDataRecord[] {
  const source = table.candidates[number]?.source;
  return source === undefined || source.kind === 'virtual' ? [] : [source.record];
}
