/** tconda as a library: the same engine as the command line. */
export { changeEnvironment, type ChangeOptions, type ChangeResult } from './pipeline.ts';
export { installExplicit } from './explicit.ts';
export { ERRORS, type ErrorCode, TcondaError, type TcondaErrorOptions } from './errors.ts';
export { currentHost, detectVirtualPackages, type Host, nativeSubdir } from './host/index.ts';
export { createHttpClient, type HttpClient } from './io/http.ts';
export {
  findPythonDistributions,
  loadPrefix,
  type PythonDistribution,
  recoverPrefix,
} from './record/index.ts';
export { loadRepodata, type LoadRepodataOptions, type RepodataQuery } from './repodata/index.ts';
export { type SolveInput, type SolveOptions, solveRequest, unsolvableError } from './solve/index.ts';
export {
  type EnvironmentFile,
  gatherRequest,
  parseEnvironmentYml,
  parseExplicitFile,
  parseRequirementsFile,
} from './specs/index.ts';
export { type LockFile, lockedArchives, parseLockFile } from './lock/index.ts';
export { copyEnvironment, type CopyEnvironmentOptions } from './relocate/index.ts';
export {
  createPackage,
  type CreatedPackage,
  type CreatePackageOptions,
  indexChannel,
  type IndexChannelOptions,
  type PackageMetadata,
} from './publish/index.ts';
export {
  type Channel,
  type ChannelSettings,
  expandChannels,
  parseChannel,
  subdirUrl,
} from './model/channel.ts';
export { type MatchSpec, matchesRecord } from './model/match-spec.ts';
export { parseMambaMatchSpec } from './model/mamba-match-spec.ts';
export { formatMatchSpec, parseMatchSpec } from './model/match-spec-text.ts';
export type { Phase, ProgressEvent, Report } from './model/event.ts';
export { type PackageName, parsePackageName } from './model/package-name.ts';
export type { NoArchType, PackageRecord, RepoDataRecord, VirtualPackage } from './model/package-record.ts';
export type { PrefixData, PrefixRecord } from './model/prefix-record.ts';
export type { Repodata, SubdirRecords } from './model/repodata.ts';
export type { ExcludeNewer, Job, Resolution, SolveRequest, SpecInput } from './model/request.ts';
export type { Fix, NotFound, Problem, Relaxation, Solution, Unsolvable } from './model/solution.ts';
export { parseCutoff } from './model/cutoff.ts';
export { isKnownSubdir } from './model/subdir.ts';
export type { Operation, Transaction } from './model/transaction.ts';
export { compareVersions, formatVersion, parseVersion, type Version } from './model/version.ts';
export {
  formatVersionSpec,
  matchesVersion,
  parseVersionSpec,
  type VersionSpec,
} from './model/version-spec.ts';
