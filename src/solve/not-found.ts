import type { Repodata } from '../model/repodata.ts';
import type { SolveRequest } from '../model/request.ts';
import type { NotFound } from '../model/solution.ts';
import type { CandidateTable } from './candidate-table.ts';

const MAX_SUGGESTIONS = 5;

/** The names that are asked for and that nothing has, under any version. */
export function findMissingNames(
  request: SolveRequest,
  table: CandidateTable,
  excluded: ReadonlySet<string>,
  repodata: Repodata,
): NotFound[] {
  const specs = request.jobs.flatMap((job) =>
    job.kind === 'install' || job.kind === 'update' ? [job.spec] : [],
  );
  const missing = specs.filter(
    ({ exactName }) =>
      exactName !== undefined &&
      // Those of the system are in no channel.
      !exactName.startsWith('__') &&
      !table.byName.has(exactName) &&
      !excluded.has(exactName),
  );
  if (missing.length === 0) return [];
  const names = new Set(
    repodata.subdirs.flatMap((subdir) => (subdir.kind === 'found' ? subdir.names() : [])),
  );
  const gone = repodata.subdirs.flatMap((subdir) => (subdir.kind === 'found' ? (subdir.removed ?? []) : []));
  return missing.map((spec) => {
    const removed = gone.filter((fn) => fn.split('-').slice(0, -2).join('-') === spec.exactName);
    return {
      spec: spec.text,
      name: spec.name,
      suggestions: suggestNames(spec.name, names),
      ...(removed.length > 0 && { removed }),
    };
  });
}

/** Names that are like the one that was meant: few letters off, or the same but for what precedes or follows. */
export function suggestNames(wanted: string, names: Iterable<string>): string[] {
  const limit = wanted.length < 4 ? 1 : 2;
  const scored: { readonly name: string; readonly score: number }[] = [];
  for (const name of names) {
    const score = likeness(wanted, name, limit);
    if (score !== undefined) scored.push({ name, score });
  }
  scored.sort((a, b) => a.score - b.score || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  return scored.slice(0, MAX_SUGGESTIONS).map((each) => each.name);
}

/** Lower is more alike; undefined is too far. */
function likeness(wanted: string, name: string, limit: number): number | undefined {
  if (plain(name) === plain(wanted)) return 0;
  const distance = editDistance(wanted, name, limit);
  if (distance !== undefined) return distance;
  if (wanted.length < 3) return undefined;
  if (name === `py${wanted}` || name === `python-${wanted}` || wanted === `python-${name}`) return 1;
  return name.startsWith(wanted) && name.length <= wanted.length + 8 ? limit + 1 : undefined;
}

function plain(name: string): string {
  return name.replace(/[-_.]/g, '');
}

/** Letters to add, drop, change or swap with their neighbour; undefined when more than `limit`. */
function editDistance(a: string, b: string, limit: number): number | undefined {
  if (Math.abs(a.length - b.length) > limit) return undefined;
  let before: readonly number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const change = (last[column - 1] ?? 0) + Number(a[row - 1] !== b[column - 1]);
      let best = Math.min(change, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) best = Math.min(best, (before[column - 2] ?? 0) + 1);
      current.push(best);
    }
    if (Math.min(...current) > limit) return undefined;
    before = last;
    last = current;
  }
  const distance = last[b.length] ?? 0;
  return distance <= limit ? distance : undefined;
}
