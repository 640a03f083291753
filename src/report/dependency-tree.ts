import { nameOfDependency } from '../model/dependency-order.ts';
import type { PackageRecord } from '../model/package-record.ts';
import type { TreeNode } from './tree-lines.ts';

/** Who needs whom among the packages of an environment, both ways. */
export interface DependencyGraph<T extends PackageRecord = PackageRecord> {
  readonly records: ReadonlyMap<string, T>;
  /** Names that a package needs and that are there. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  readonly neededBy: ReadonlyMap<string, readonly string[]>;
}

/** Who needs whom among installed packages; dependencies that are not there are left out. */
export function buildGraph<T extends PackageRecord>(records: readonly T[]): DependencyGraph<T> {
  const byName = new Map<string, T>(records.map((record) => [record.name, record]));
  const needs = new Map<string, readonly string[]>();
  const neededBy = new Map<string, string[]>(records.map(({ name }) => [name, []]));
  for (const { name, depends } of records) {
    const names = [...new Set(depends.map(nameOfDependency))].filter((other) => byName.has(other)).toSorted();
    needs.set(name, names);
    for (const other of names) neededBy.get(other)?.push(name);
  }
  return { records: byName, needs, neededBy };
}

/** Packages below `names`, each opened once; the way is that of `edges`. */
export function treesOf(
  names: readonly string[],
  edges: ReadonlyMap<string, readonly string[]>,
  labelOf: (name: string) => string,
): readonly TreeNode[] {
  const opened = new Set<string>();
  const grow = (name: string): TreeNode => {
    const below = edges.get(name) ?? [];
    if (opened.has(name)) return { label: labelOf(name), isRepeated: below.length > 0, children: [] };
    opened.add(name);
    return { label: labelOf(name), children: below.map(grow) };
  };
  return names.map(grow);
}

/**
 * Where a walk along `edges` begins so that it sees every name: what nothing else leads to, and of a circle that nothing else leads
 * to the first name, in the order of `names`.
 */
export function topsOf(
  names: readonly string[],
  edges: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  // What is left last, when everything below has been left, has nothing above but its own circle.
  const left = walk(names, edges);
  const seen = new Set<string>();
  return left.toReversed().filter((name) => {
    if (seen.has(name)) return false;
    for (const below of walk([name], edges)) seen.add(below);
    return true;
  });
}

/** All names that can be reached, in the order in which a walk in depth leaves them. */
function walk(starts: readonly string[], edges: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const entered = new Set<string>();
  const left: string[] = [];
  const visit = (name: string): void => {
    if (entered.has(name)) return;
    entered.add(name);
    for (const below of edges.get(name) ?? []) visit(below);
    left.push(name);
  };
  for (const name of starts) visit(name);
  return left;
}

/** The shortest way from each of `starts` to `goal`, shortest first; starts without a way are left out. */
export function shortestWays(
  starts: readonly string[],
  goal: string,
  graph: DependencyGraph,
): readonly (readonly string[])[] {
  // Backwards from the goal: each name learns which neighbour is nearer.
  const nearer = new Map<string, string | undefined>([[goal, undefined]]);
  for (const name of nearer.keys()) {
    for (const other of graph.neededBy.get(name) ?? []) if (!nearer.has(other)) nearer.set(other, name);
  }
  return starts
    .filter((start) => nearer.has(start))
    .map((start) => {
      const way = [start];
      for (let next = nearer.get(start); next !== undefined; next = nearer.get(next)) way.push(next);
      return way;
    })
    .toSorted((a, b) => a.length - b.length || (a.join() < b.join() ? -1 : 1));
}
