import { formatMatchSpec, parseMatchSpec } from '../model/match-spec-text.ts';
import { matchesRecord } from '../model/match-spec.ts';
import type { PackageName } from '../model/package-name.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import type { SolveRequest } from '../model/request.ts';
import { findHistorySpec } from './history-spec.ts';

/** What was asked for, as it goes down in the history and in the records of the packages. */
export interface AskedFor {
  readonly updateSpecs: readonly string[];
  readonly removeSpecs: readonly string[];
  /** Former requests that what is there from now on does not meet, as they are read from now on. */
  readonly neuteredSpecs?: readonly string[];
  /** By name; for packages that stay or come. */
  readonly requestedSpecs: ReadonlyMap<string, readonly string[]>;
}

/** What a request asks for. One that takes no account of what is installed takes back what was asked for before. */
export function askedFor(
  { command, requested, removed = [], ignoresInstalled }: SolveRequest,
  { history }: Pick<PrefixData, 'history'>,
): AskedFor {
  const texts = requested.map(formatMatchSpec);
  if (command === 'remove') return { updateSpecs: [], removeSpecs: texts, requestedSpecs: new Map() };
  const names = [...new Set(requested.flatMap(({ exactName }) => exactName ?? []))];
  const specsOf = (name: string): readonly string[] =>
    requested.filter((spec) => spec.exactName === name).map(formatMatchSpec);
  const former = ignoresInstalled === true ? [...history.keys()] : [];
  return {
    updateSpecs: texts,
    removeSpecs: [
      ...former.filter((name) => !names.includes(name as PackageName)),
      ...removed.map(formatMatchSpec),
    ],
    requestedSpecs: new Map(names.map((name) => [name, specsOf(name)])),
  };
}

/**
 * Former requests, by name, that the new packages no longer meet: each becomes one for the version that is there now, so that the
 * next change starts from what is. This is what conda does with its present solver.
 */
export function neuteredSpecs(
  history: ReadonlyMap<string, string>,
  records: readonly RepoDataRecord[],
): readonly string[] {
  return records.flatMap((record) => {
    const text = history.get(record.name);
    if (text === undefined) return [];
    const spec = findHistorySpec(text, parseMatchSpec);
    return spec === undefined || matchesRecord(spec, record) ? [] : [`${record.name}==${record.version}`];
  });
}

/** What a list of archives asks for: exactly these. */
export function explicitlyAskedFor(records: readonly RepoDataRecord[]): AskedFor {
  const specs = records.map((record): [string, string] => {
    const { name, version, build, schannel, subdir } = record;
    return [name, `${schannel}/${subdir}::${name}==${version}=${build}`];
  });
  return {
    updateSpecs: specs.map(([, text]) => text).toSorted(),
    removeSpecs: [],
    requestedSpecs: new Map(specs.map(([name, text]) => [name, [text]])),
  };
}

/** Names whose packages are linked anew though nothing about them changes. */
export function namesToReinstall({ jobs }: SolveRequest): ReadonlySet<string> {
  return new Set(
    jobs.flatMap((job) => (job.kind === 'install' && job.reinstall === true ? [job.spec.name] : [])),
  );
}
