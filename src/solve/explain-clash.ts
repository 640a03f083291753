import type { Clash, ConflictGraph } from './conflict-graph.ts';
import type { ExplainInput } from './explain.ts';
import { joinAlternatives } from './join-alternatives.ts';
import type { LoadedPool } from './load-pool.ts';
import { formatCandidates } from './version-ranges.ts';

/**
 * What forbids candidates of one name: that a name is installed once, a pin, or the `constrains` of one side. Each clash
 * has two sides and is told at the second, when the reader has met both.
 * @param hasMet whether a candidate was spoken of before
 */
export function explainClashes(
  numbers: readonly number[],
  graph: ConflictGraph,
  input: Pick<ExplainInput, 'loaded' | 'limits' | 'jobs'>,
  hasMet: (number: number) => boolean,
): string[] {
  const { loaded, limits } = input;
  const clashes = numbers.flatMap((number) => graph.clashes.get(number) ?? []);
  const met = clashes.filter(
    ({ other, constraint }) => isFixed(other, loaded) || isPin(constraint?.owner, loaded) || hasMet(other),
  );
  const text = formatCandidates(numbers, loaded.table, limits);
  return [...groupByOther(met, loaded).values()].map((group) => explainGroup(text, numbers, group, input));
}

/** Virtual packages are not wanted by anyone, so the other side is the only one. */
function isFixed(number: number, { table }: LoadedPool): boolean {
  return table.candidates[number]?.source.kind === 'virtual';
}

function isPin(number: number | undefined, { table }: LoadedPool): boolean {
  return number !== undefined && number >= table.candidates.length;
}

function groupByOther(clashes: readonly Clash[], loaded: LoadedPool): ReadonlyMap<string, readonly Clash[]> {
  const groups = new Map<string, Clash[]>();
  for (const clash of clashes) {
    const name = loaded.table.candidates[clash.other]?.record.name ?? `pin ${clash.constraint?.text ?? ''}`;
    const key = clash.constraint === undefined ? `one ${name}` : name;
    groups.set(key, [...(groups.get(key) ?? []), clash]);
  }
  return groups;
}

function explainGroup(
  text: string,
  numbers: readonly number[],
  clashes: readonly Clash[],
  { loaded, limits, jobs }: Pick<ExplainInput, 'loaded' | 'limits' | 'jobs'>,
): string {
  const { table } = loaded;
  const others = [...new Set(clashes.map((clash) => clash.other))].toSorted((a, b) => a - b);
  const constraints = clashes.flatMap((clash) => (clash.constraint === undefined ? [] : [clash.constraint]));
  const [first] = constraints;
  if (first === undefined) {
    if (!others.some((other) => numbers.includes(other)))
      return `${text} conflicts with ${formatCandidates(others, table, limits)}`;
    const all = [...new Set([...others, ...numbers])].toSorted((a, b) => a - b);
    return `only one of ${formatCandidates(all, table, limits)} can be installed`;
  }
  const allowed = joinAlternatives(
    constraints.map((each) => each.text),
    limits,
  );
  if (isPin(first.owner, loaded)) {
    const isImplied = jobs.some(
      ({ what, origin }) => what === first.owner && origin?.kind === 'pin' && origin.isImplied === true,
    );
    return `${text} conflicts with the ${isImplied ? 'installed' : 'pin'} ${allowed}`;
  }
  const system = others.some((other) => isFixed(other, loaded)) ? "this system's " : '';
  const rivals = `${system}${formatCandidates(others, table, limits)}`;
  return numbers.includes(first.owner)
    ? `${text} allows only ${allowed}, not ${rivals}`
    : `${text} conflicts with ${rivals}, which allows only ${allowed}`;
}
