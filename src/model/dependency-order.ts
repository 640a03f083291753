import type { PackageRecord } from './package-record.ts';

/** What ordering must know of a record. */
export type OrderedRecord = Pick<
  PackageRecord,
  'name' | 'version' | 'build' | 'depends' | 'noarch' | 'subdir'
>;

/**
 * The records with dependencies before dependents, in conda's order: first those without any edge, then level by level;
 * within a level by name. A cycle is entered at the record with the fewest dependencies left. Names must be unique.
 */
export function sortByDependencies<T extends OrderedRecord>(records: readonly T[]): T[] {
  const waiting = buildGraph(records);
  const needed = new Set([...waiting.values()].flatMap((node) => [...node.needs]));
  const lonely = [...waiting.values()].filter((node) => node.needs.size === 0 && !needed.has(node.name));
  return [...takeAll(lonely, waiting), ...takeByLevels(waiting)].map((node) => node.record);
}

/**
 * The order in which records may claim a path that several of them have: a dependent before what it depends on,
 * otherwise by name. It depends on the set only, not on the order of installation.
 */
export function sortByPrecedence<T extends OrderedRecord>(records: readonly T[]): T[] {
  const graph = buildGraph(records);
  const reversed: Graph<T> = new Map(
    [...graph].map(([name, { record }]) => [name, { name, record, needs: new Set<string>() }]),
  );
  for (const { name, needs } of graph.values()) {
    for (const needed of needs) reversed.get(needed)?.needs.add(name);
  }
  const order: T[] = [];
  while (reversed.size > 0) {
    const next = nextOf(reversed);
    order.push(next.record);
    remove(next, reversed);
  }
  return order;
}

/** The package name that a dependency begins with: `zlib` of `conda-forge::zlib >=1.2,<2`. */
export function nameOfDependency(spec: string): string {
  const text = spec.slice(spec.indexOf('::') < 0 ? 0 : spec.indexOf('::') + 2).trimStart();
  return text.slice(0, END_OF_NAME.exec(text)?.index ?? text.length).toLowerCase();
}

const END_OF_NAME = /[\s=<>!~[;,]/;

interface Node<T> {
  readonly name: string;
  readonly record: T;
  /** Names of the set that must come first. */
  readonly needs: Set<string>;
}

type Graph<T> = Map<string, Node<T>>;

function buildGraph<T extends OrderedRecord>(records: readonly T[]): Graph<T> {
  const graph: Graph<T> = new Map();
  for (const record of records) graph.set(record.name, { name: record.name, record, needs: new Set() });
  for (const { name, record, needs } of graph.values()) {
    for (const dependency of record.depends) {
      const needed = nameOfDependency(dependency);
      // pip is a dependency of python by convention only, and would always make a cycle.
      if (needed !== name && graph.has(needed) && !(name === 'python' && needed === 'pip')) {
        needs.add(needed);
      }
    }
  }
  addImplicitNeeds(graph);
  return graph;
}

/** Shortcuts of python packages are made by menuinst; on Windows, packages of python code by conda's own machinery. */
function addImplicitNeeds<T extends OrderedRecord>(graph: Graph<T>): void {
  const menuinst = graph.get('menuinst');
  const neededByMenuinst = menuinst === undefined ? undefined : closure(menuinst, graph);
  const conda = graph.get('conda');
  const isWindows = [...graph.values()].some(({ record }) => record.subdir.startsWith('win-'));
  const neededByConda = conda === undefined || !isWindows ? undefined : closure(conda, graph);
  for (const { name, record, needs } of graph.values()) {
    if (neededByMenuinst !== undefined && needs.has('python') && !neededByMenuinst.has(name)) {
      needs.add('menuinst');
    }
    if (neededByConda !== undefined && record.noarch === 'python' && !neededByConda.has(name)) {
      needs.add('conda');
    }
  }
}

function closure<T>(start: Node<T>, graph: Graph<T>): ReadonlySet<string> {
  const found = new Set([start.name]);
  for (const name of found) for (const needed of graph.get(name)?.needs ?? []) found.add(needed);
  return found;
}

function takeByLevels<T extends OrderedRecord>(waiting: Graph<T>): Node<T>[] {
  const order: Node<T>[] = [];
  while (waiting.size > 0) {
    const free = [...waiting.values()].filter((node) => node.needs.size === 0);
    order.push(...takeAll(free.length > 0 ? free : [nextOf(waiting)], waiting));
  }
  return order;
}

function takeAll<T>(nodes: readonly Node<T>[], waiting: Graph<T>): Node<T>[] {
  const taken = nodes.toSorted((left, right) => compareText(left.name, right.name));
  for (const node of taken) remove(node, waiting);
  return taken;
}

function remove<T>(node: Node<T>, waiting: Graph<T>): void {
  waiting.delete(node.name);
  for (const other of waiting.values()) other.needs.delete(node.name);
}

/** The first by name that needs nothing; in a cycle the one that needs least. */
function nextOf<T extends OrderedRecord>(waiting: Graph<T>): Node<T> {
  let best: Node<T> | undefined;
  for (const node of waiting.values()) {
    const difference =
      best === undefined
        ? -1
        : node.needs.size - best.needs.size || compareText(distOf(node.record), distOf(best.record));
    if (best === undefined || difference < 0) best = node;
  }
  if (best === undefined) throw new RangeError('no record left to order');
  return best;
}

function distOf(record: OrderedRecord): string {
  return `${record.name}-${record.version}-${record.build}`;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
