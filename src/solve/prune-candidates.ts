import { matchesRecord, type MatchSpec } from '../model/match-spec.ts';
import type { Job, SolveRequest } from '../model/request.ts';
import type { CandidateTable } from './candidate-table.ts';

/**
 * The specs that hold in every answer: what has a name can only be installed as they say. What was asked for in earlier
 * times may give way when dependencies are brought up to date.
 */
export function firmSpecs(
  jobs: readonly Job[],
  { requested, updateDeps }: Pick<SolveRequest, 'requested' | 'updateDeps'>,
): readonly MatchSpec[] {
  return jobs.flatMap((job) => {
    if ((job.kind !== 'install' && job.kind !== 'pin') || job.fallback !== undefined) return [];
    if (job.kind === 'install' && updateDeps === true && !requested.includes(job.spec)) return [];
    return job.spec.exactName !== undefined && job.spec.when === undefined ? [job.spec] : [];
  });
}

/**
 * Marks candidates that are in no answer: those that a firm spec rules out, and then, again and again, those that depend
 * on nothing but marked ones. What is installed is never marked. No answer is lost, and the solver has far less to do:
 * what it builds grows with the square of the candidates of a name.
 * @param providers by dependency number
 */
export function markHopeless(
  table: CandidateTable,
  providers: readonly (readonly number[])[],
  specs: readonly MatchSpec[],
): Uint8Array {
  const marks = new Uint8Array(table.candidates.length);
  const due: number[] = [];
  const mark = (number: number): void => {
    if (marks[number] === 1 || table.candidates[number]?.source.kind !== 'available') return;
    marks[number] = 1;
    due.push(number);
  };
  for (const spec of specs) {
    for (const number of table.byName.get(spec.name) ?? []) {
      const record = table.candidates[number]?.record;
      // A URL may name an archive whose file name says other than its record.
      if (record !== undefined && spec.url === undefined && !matchesRecord(spec, record)) mark(number);
    }
  }
  const { dependents, memberships } = indexDependencies(table, providers);
  const left = Int32Array.from(providers, (list) => list.length);
  const markDependents = (dependency: number): void => {
    for (const number of dependents[dependency] ?? []) mark(number);
  };
  left.forEach((count, dependency) => {
    if (count === 0) markDependents(dependency);
  });
  for (let number = due.pop(); number !== undefined; number = due.pop()) {
    for (const dependency of memberships[number] ?? []) {
      left[dependency] = (left[dependency] ?? 0) - 1;
      if (left[dependency] === 0) markDependents(dependency);
    }
  }
  return marks;
}

/** Who needs a dependency, and which dependencies a candidate satisfies. */
function indexDependencies(
  table: CandidateTable,
  providers: readonly (readonly number[])[],
): { readonly dependents: readonly number[][]; readonly memberships: readonly number[][] } {
  const dependents: number[][] = providers.map(() => []);
  table.candidates.forEach(({ requires }, number) => {
    for (const dependency of requires) dependents[dependency]?.push(number);
  });
  const memberships: number[][] = table.candidates.map(() => []);
  providers.forEach((list, dependency) => {
    for (const number of list) memberships[number]?.push(dependency);
  });
  return { dependents, memberships };
}
