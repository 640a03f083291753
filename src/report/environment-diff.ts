import type { PackageRecord } from '../model/package-record.ts';

/** What another environment has in other packages. */
export interface EnvironmentDiff<T extends PackageRecord> {
  readonly removed: readonly T[];
  readonly added: readonly T[];
  readonly changed: readonly (readonly [before: T, after: T])[];
}

/** What one set of packages has that the other has not, by name. */
export function diffPackages<T extends PackageRecord>(
  before: readonly T[],
  after: readonly T[],
): EnvironmentDiff<T> {
  const [left, right] = [byName(before), byName(after)];
  const both = [...left].flatMap(([name, record]): [T, T][] => {
    const other = right.get(name);
    return other === undefined || isSame(record, other) ? [] : [[record, other]];
  });
  return {
    removed: [...left].flatMap(([name, record]) => (right.has(name) ? [] : [record])),
    added: [...right].flatMap(([name, record]) => (left.has(name) ? [] : [record])),
    changed: both,
  };
}

/** One line a package: `- a 1.0 h1_0`, `+ b 2.0 h0_0`, `~ c 1.0 h0_0 -> 1.1 h0_0`, by name. */
export function formatDiff({ removed, added, changed }: EnvironmentDiff<PackageRecord>): readonly string[] {
  const lines: [string, string][] = [
    ...removed.map((record): [string, string] => [record.name, `- ${record.name} ${shown(record)}`]),
    ...added.map((record): [string, string] => [record.name, `+ ${record.name} ${shown(record)}`]),
    ...changed.map(([from, to]): [string, string] => [
      from.name,
      `~ ${from.name} ${shown(from)} -> ${shown(to)}`,
    ]),
  ];
  return lines.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}

function shown({ version, build }: PackageRecord): string {
  return `${version} ${build}`;
}

function byName<T extends PackageRecord>(records: readonly T[]): ReadonlyMap<string, T> {
  return new Map(
    records.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((record) => [record.name, record]),
  );
}

function isSame(a: PackageRecord, b: PackageRecord): boolean {
  return a.version === b.version && a.build === b.build && a.build_number === b.build_number;
}
