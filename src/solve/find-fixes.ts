import type { PrefixRecord } from '../model/prefix-record.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { SolveRequest } from '../model/request.ts';
import type { Fix, Relaxation } from '../model/solution.ts';
import { compareText } from './candidate-table.ts';
import { type Failure, relaxRequest } from './relax-request.ts';

const MAX_FIXES = 5;

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
  { installed, budget, solve }: FixSearch,
): Promise<readonly Fix[]> {
  const deadline = performance.now() + budget;
  const fixes: Fix[] = [];
  const settled = new Map<string, number>();
  const known = new Set<string>();
  for (const { changes, request: relaxed, group, step } of relaxRequest(request, failure)) {
    if ((settled.get(group) ?? Infinity) < step) continue;
    // A fix that takes several changes is of use only where one alone isn't.
    if (changes.length > 1 && fixes.length > 0) break;
    const records = await solve(relaxed);
    if (records !== undefined) {
      settled.set(group, step);
      const fix = describe(changes, records, relaxed, installed);
      const key = JSON.stringify([group, fix.leadsTo]);
      if (!known.has(key)) fixes.push(fix);
      known.add(key);
    }
    if (fixes.length === MAX_FIXES || performance.now() > deadline) break;
  }
  return fixes;
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
