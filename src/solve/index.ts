import { formatDistName, type RepoDataRecord } from '../model/package-record.ts';
import type { SolveRequest } from '../model/request.ts';
import type { Solution, Unsolvable } from '../model/solution.ts';
import { adjustResult } from './adjust-result.ts';
import { askSolver, blamedJobs, decodeSolvable } from './ask-solver.ts';
import { compareText, numberCandidates } from './candidate-table.ts';
import type { ExcludedRecord } from './candidate.ts';
import { DependencyTable } from './dependency-table.ts';
import { type ExplainLimits, SHORT, WHOLE } from './explain-limits.ts';
import { explainConflicts } from './explain.ts';
import { findFixes } from './find-fixes.ts';
import { gatherCandidates, type SolveInput } from './gather-candidates.ts';
import { findMissingNames } from './not-found.ts';
import type { Failure } from './relax-request.ts';
import { rest } from './rest.ts';
import { startOver } from './start-over.ts';

export type { SolveInput } from './gather-candidates.ts';
export { unsolvableError } from './unsolvable-error.ts';

/**
 * What shall be installed, or why that can't be. The same question has the same answer, in whatever order its records
 * come. Nothing outside is touched but the solver's own code.
 * @throws the signal's reason
 */
export async function solveRequest(
  request: SolveRequest,
  input: SolveInput,
  { fixBudget, explainsAll = false, findElsewhere, signal }: SolveOptions = {},
): Promise<Solution | Unsolvable> {
  const { answer, failure } = await decide(request, input, { limits: explainsAll ? WHOLE : SHORT, signal });
  if (answer.kind === 'solved') return decideAnew(request, input, answer, signal);
  if (answer.notFound.length > 0 && findElsewhere !== undefined) {
    const places = await findElsewhere([...new Set(answer.notFound.map(({ name }) => name))]);
    return {
      ...answer,
      notFound: answer.notFound.map((each) => ({ ...each, subdirs: places.get(each.name) ?? [] })),
    };
  }
  if (failure === undefined || fixBudget === undefined) return answer;
  const solve = async (relaxed: SolveRequest): Promise<readonly RepoDataRecord[] | undefined> => {
    const other = (await decide(relaxed, input, { signal })).answer;
    return other.kind === 'solved' ? other.records : undefined;
  };
  const search = { installed: input.installed, budget: fixBudget, solve };
  return { ...answer, fixes: await findFixes(request, failure, search) };
}

export interface SolveOptions {
  /** Milliseconds to look for what would work where there is no answer. Left out, nobody looks. */
  readonly fixBudget?: number;
  /** Tells by name for which other platforms there is what no channel has. Left out, nobody looks. */
  readonly findElsewhere?: (names: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;
  /** Whether the explanation leaves nothing out, however long it gets. */
  readonly explainsAll?: boolean;
  /** Looked at between the steps, each of which runs to its end. */
  readonly signal?: AbortSignal;
}

async function decideAnew(
  request: SolveRequest,
  input: SolveInput,
  first: Solution,
  signal: AbortSignal | undefined,
): Promise<Solution> {
  const anew = startOver(request, input, first.records);
  if (anew === undefined) return first;
  const { answer } = await decide(anew.request, anew.input, { signal });
  if (answer.kind === 'unsolvable' || !anew.isBetter(answer.records)) return first;
  const placeOf = (record: RepoDataRecord): string =>
    `${record.schannel}/${record.subdir}::${formatDistName(record)}`;
  const installed = new Map(input.installed.map((record) => [placeOf(record), record]));
  return { ...answer, records: answer.records.map((record) => installed.get(placeOf(record)) ?? record) };
}

interface Decision {
  readonly answer: Solution | Unsolvable;
  /** What other requests can be made from; none where a name is missing. */
  readonly failure?: Failure;
}

async function decide(
  request: SolveRequest,
  input: SolveInput,
  { limits, signal }: { readonly limits?: ExplainLimits; readonly signal: AbortSignal | undefined },
): Promise<Decision> {
  await rest(signal);
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
  const { loaded, attempt } = await askSolver(request, input, { table, dependencies, signal });
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

function formatWarning({ record, reason }: ExcludedRecord): string[] {
  if (reason.kind !== 'unreadable') return [];
  return [`${record.schannel}/${record.subdir}::${formatDistName(record)} is left out: ${reason.problem}`];
}
