import type { PackageRecord } from '../model/package-record.ts';

/**
 * Sorts installed records so that each stands behind what it needs, in conda's order: first those that neither need nor
 * are needed, then level by level, each by name. That python wants pip counts for nothing; a circle is cut at the
 * record with the fewest needs.
 */
export function sortByDependency<R extends PackageRecord>(records: readonly R[]): readonly R[] {
  const byName = new Map<string, R>(records.map((record) => [record.name, record]));
  const waiting = new Map(records.map((record) => [record.name as string, needsOf(record, byName)]));
  const needed = new Set([...waiting.values()].flatMap((names) => [...names]));
  const sorted: string[] = [];
  const take = (names: readonly string[]): void => {
    for (const name of names.toSorted()) {
      sorted.push(name);
      waiting.delete(name);
    }
    for (const needs of waiting.values()) for (const name of names) needs.delete(name);
  };

  take([...waiting].filter(([name, needs]) => needs.size === 0 && !needed.has(name)).map(([name]) => name));
  while (waiting.size > 0) {
    const free = [...waiting].filter(([, needs]) => needs.size === 0).map(([name]) => name);
    take(free.length > 0 ? free : fewestNeeds(waiting));
  }
  return sorted.flatMap((name) => byName.get(name) ?? []);
}

function needsOf(record: PackageRecord, byName: ReadonlyMap<string, unknown>): Set<string> {
  const names = record.depends.map((depend) => /^[^\s=<>!~[]+/.exec(depend)?.[0].toLowerCase() ?? '');
  return new Set(
    names.filter(
      (name) => byName.has(name) && name !== record.name && !(record.name === 'python' && name === 'pip'),
    ),
  );
}

function fewestNeeds(waiting: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const [first] = [...waiting].toSorted(
    ([a, needsA], [b, needsB]) => needsA.size - needsB.size || (a < b ? -1 : 1),
  );
  return first === undefined ? [] : [first[0]];
}
