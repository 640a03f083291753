import type { LoadedConfig } from '../config/index.ts';
import { type MatchSpec, matchesRecord } from '../model/match-spec.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { compareVersions, findVersion } from '../model/version.ts';
import { loadRepodata } from '../repodata/index.ts';
import type { Outside } from './outside.ts';

/** The records of the channels, or of the spec's own, that the spec matches: by name, version and build number. */
export async function findRecords(
  spec: MatchSpec,
  config: LoadedConfig,
  outside: Outside,
): Promise<readonly RepoDataRecord[]> {
  const own =
    spec.channel !== undefined && spec.channel.kind !== 'pattern' ? spec.channel.channel : undefined;
  const repodata = await loadRepodata(
    {
      channels: own === undefined ? outside.channels : (own.members ?? [own]),
      subdirs: config.get('subdirs'),
      names: spec.exactName === undefined ? [] : [spec.exactName],
      patterns: spec.exactName === undefined ? [spec.name] : [],
      typed: [spec.name],
      closure: false,
    },
    outside.repodata,
  );
  return repodata.subdirs
    .flatMap((subdir) => (subdir.kind === 'found' ? subdir.records : []))
    .filter((record) => matchesRecord(spec, record))
    .toSorted(compareRecords);
}

/** By name, version, build number; what is equal stays in the order of the channels. */
function compareRecords(a: RepoDataRecord, b: RepoDataRecord): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  const [left, right] = [findVersion(a.version), findVersion(b.version)];
  const byVersion = left === undefined || right === undefined ? 0 : compareVersions(left, right);
  return byVersion || a.build_number - b.build_number;
}
