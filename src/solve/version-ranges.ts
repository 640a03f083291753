import type { CandidateTable } from './candidate-table.ts';
import type { ExplainLimits } from './explain-limits.ts';

/**
 * Candidates of one name, in few words: `numpy 1.21.0 to 1.26.4`. A range holds every version that there is between its
 * ends. The build is named where the version alone would be ambiguous.
 */
export function formatCandidates(
  numbers: readonly number[],
  table: CandidateTable,
  limits: ExplainLimits,
): string {
  const [first = 0] = numbers;
  const record = table.candidates[first]?.record;
  if (record === undefined) return '';
  const all = table.byName.get(record.name) ?? [];
  const hasTwin = all.some(
    (number) => number !== first && table.candidates[number]?.record.version === record.version,
  );
  if (numbers.length === 1) {
    return [record.name, record.version, ...(hasTwin ? [record.build] : [])].join(' ').trim();
  }
  const ranges = findRanges(numbers, all, table);
  if (ranges.length <= limits.ranges) return `${record.name} ${ranges.join(', ')}`;
  return `${record.name} ${ranges.slice(0, limits.ranges).join(', ')} and others`;
}

/** Neighbours among all versions of the name make a range. */
function findRanges(numbers: readonly number[], all: readonly number[], table: CandidateTable): string[] {
  const rankOf = (number: number): number => table.versionRanks[number] ?? 0;
  const texts = new Map(
    all.map((number) => [rankOf(number), table.candidates[number]?.record.version ?? '']),
  );
  const ranks = [...new Set(numbers.map(rankOf))].toSorted((a, b) => a - b);
  const existing = [...texts.keys()].toSorted((a, b) => a - b);
  const places = new Map(existing.map((rank, place) => [rank, place]));
  const ranges: string[] = [];
  for (let start = 0; start < ranks.length;) {
    let end = start;
    while (end + 1 < ranks.length && isNext(ranks[end], ranks[end + 1], places)) end += 1;
    const low = texts.get(ranks[start] ?? 0) ?? '';
    const high = texts.get(ranks[end] ?? 0) ?? '';
    ranges.push(start === end ? low : end === start + 1 ? `${low}, ${high}` : `${low} to ${high}`);
    start = end + 1;
  }
  return ranges;
}

function isNext(a = 0, b = 0, places: ReadonlyMap<number, number>): boolean {
  return (places.get(b) ?? 0) - (places.get(a) ?? 0) === 1;
}
