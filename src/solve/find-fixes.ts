import type { PrefixRecord } from '../model/prefix-record.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { SolveRequest } from '../model/request.ts';
import type { Fix, Relaxation } from '../model/solution.ts';
import { compareText } from './candidate-table.ts';
import { type Failure, findStrictSpecs, loosenAll, relaxRequest } from './relax-request.ts';

const MAX_FIXES = 5;

/** How changes of a request are tried. */
export interface FixSearch {
  readonly installed: readonly PrefixRecord[];
  /** Milliseconds. The first change is tried in any case. */
  readonly budget: number;
  /** The answer to a request, or nothing if there is none. */
  readonly solve: (request: SolveRequest) => Promise<readonly RepoDataRecord[] | undefined>;
}

/** Changes of a request that has no answer, each of which was solved. The least change comes first. */
export async function findFixes(
  request: SolveRequest,
  failure: Failure,
  search: FixSearch,
): Promise<readonly Fix[]> {
  const deadline = performance.now() + search.budget;
  const isLate = (): boolean => performance.now() > deadline;
  const fixes: Fix[] = [];
  const settled = new Map<string, number>();
  const known = new Set<string>();
  for (const { changes, request: relaxed, group, step } of relaxRequest(request, failure)) {
    if ((settled.get(group) ?? Infinity) < step) continue;
    // oxlint-disable-next-line no-await-in-loop -- there is one processor for it, and the first counts most
    const records = await search.solve(relaxed);
    if (records !== undefined) {
      settled.set(group, step);
      const fix = describe(changes, records, relaxed, search.installed);
      const key = JSON.stringify([group, fix.leadsTo]);
      if (!known.has(key)) fixes.push(fix);
      known.add(key);
    }
    if (fixes.length === MAX_FIXES || isLate()) return fixes;
  }
  return fixes.length > 0 ? fixes : await findCombination(request, failure, search, isLate);
}

/** Where there are several conflicts it takes several changes: as few as will do. */
async function findCombination(
  request: SolveRequest,
  failure: Failure,
  { solve, installed }: FixSearch,
  isLate: () => boolean,
): Promise<readonly Fix[]> {
  let specs = findStrictSpecs(request, failure);
  if (specs.length < 2) return [];
  let best = loosenAll(request, specs);
  let records = await solve(best.request);
  if (records === undefined) return [];
  for (const spec of specs) {
    if (isLate()) break;
    const fewer = specs.filter((each) => each !== spec);
    const candidate = loosenAll(request, fewer);
    // oxlint-disable-next-line no-await-in-loop -- each step starts from the one before
    const found = await solve(candidate.request);
    if (found === undefined) continue;
    [specs, best, records] = [fewer, candidate, found];
  }
  return [describe(best.changes, records, best.request, installed)];
}

function describe(
  changes: readonly Relaxation[],
  records: readonly RepoDataRecord[],
  { requested }: SolveRequest,
  installed: readonly PrefixRecord[],
): Fix {
  const names = new Set<string>(requested.flatMap(({ exactName }) => exactName ?? []));
  const present = new Set<string>(records.map(({ name }) => name));
  return {
    changes,
    leadsTo: records
      .filter(({ name }) => names.has(name))
      .map(({ name, version }) => `${name} ${version}`)
      .toSorted(compareText),
    removes: installed
      .map(({ name }): string => name)
      .filter((name) => !present.has(name))
      .toSorted(compareText),
  };
}
