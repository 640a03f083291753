import { matchesRecord, type MatchSpec } from '../model/match-spec.ts';
import { findMatchSpec } from '../model/match-spec-text.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import type { SolveRequest } from '../model/request.ts';

/** What the answer of the solver becomes under `noDeps`, `onlyDeps` and pruning. */
export function adjustResult(
  solved: readonly RepoDataRecord[],
  request: SolveRequest,
  installed: readonly PrefixRecord[],
): readonly RepoDataRecord[] {
  if (request.noDeps) return keepDependencies(solved, request, installed);
  const pruned = request.prune === true ? dropOrphans(solved, request) : solved;
  return request.onlyDeps ? dropRequested(pruned, request, installed) : pruned;
}

/** Of the changes, only those of requested names. */
function keepDependencies(
  solved: readonly RepoDataRecord[],
  request: SolveRequest,
  installed: readonly PrefixRecord[],
): readonly RepoDataRecord[] {
  const isRequested = (record: RepoDataRecord): boolean =>
    request.requested.some((spec) => matchesRecord(spec, record) || spec.exactName === record.name);
  return [
    ...installed.filter((record) => !isRequested(record)),
    ...solved.filter((record) => isRequested(record)),
  ];
}

/** Without the requested packages that nothing else needs; one that was installed stays as it was. */
function dropRequested(
  solved: readonly RepoDataRecord[],
  request: SolveRequest,
  installed: readonly PrefixRecord[],
): readonly RepoDataRecord[] {
  const needed = requiredNames(solved);
  const isLeaf = (record: RepoDataRecord): boolean =>
    !needed.has(record.name) && request.requested.some((spec) => matchesRecord(spec, record));
  const dropped = new Set(solved.filter(isLeaf).map((record) => record.name));
  return [
    ...solved.filter((record) => !dropped.has(record.name)),
    ...installed.filter((record) => dropped.has(record.name)),
  ];
}

/** A package that names itself is none the less a leaf. */
function requiredNames(records: readonly RepoDataRecord[]): ReadonlySet<string> {
  return new Set(
    records.flatMap((record) =>
      dependenciesOf(record).flatMap(({ name }) => (name === record.name ? [] : [name])),
    ),
  );
}

/** Only what is asked for, now or before, and what that needs. */
function dropOrphans(solved: readonly RepoDataRecord[], request: SolveRequest): readonly RepoDataRecord[] {
  const wanted = request.jobs.flatMap((job): ((record: RepoDataRecord) => boolean)[] => {
    if (job.kind === 'keep') return [(record) => record.name === job.name];
    if (job.kind !== 'install' && job.kind !== 'update') return [];
    const { spec } = job;
    return [
      (record) =>
        spec.exactName === undefined ? matchesRecord(spec, record) : spec.exactName === record.name,
    ];
  });
  const kept = new Set(solved.filter((record) => wanted.some((isWanted) => isWanted(record))));
  const extras = request.jobs.flatMap((job) => ('spec' in job ? [job.spec] : []));
  for (const record of kept) {
    for (const spec of [...dependenciesOf(record), ...extrasOf(record, extras)]) {
      if (spec.extras !== undefined) extras.push(spec);
      for (const other of solved) if (matchesRecord(spec, other)) kept.add(other);
    }
  }
  return solved.filter((record) => kept.has(record));
}

/** The optional dependencies of a record that one of these specs asks for. */
function extrasOf(record: RepoDataRecord, specs: readonly MatchSpec[]): readonly MatchSpec[] {
  if (record.extra_depends === undefined) return [];
  const names = specs.flatMap((spec) => (matchesRecord(spec, record) ? (spec.extras ?? []) : []));
  return names.flatMap((name) => readSpecs(record.extra_depends?.[name] ?? []));
}

/** What is installed may depend on what can't be read. */
function dependenciesOf(record: RepoDataRecord): readonly MatchSpec[] {
  return readSpecs(record.depends);
}

function readSpecs(texts: readonly string[]): readonly MatchSpec[] {
  return texts.map((text) => findMatchSpec(text)).filter((spec) => spec !== undefined);
}
