/**
 * tconda as a library: the same engine as the command line. {@link createEnvironment}, {@link solve} and their like do what the
 * commands do, with the settings of this machine unless told; what they are made of stands beside them. Nothing is kept between
 * calls; each is ended by its `AbortSignal` and tells what happens as {@link ProgressEvent | events}.
 * @packageDocumentation
 */
export {
  type ChangeSettings,
  createEnvironment,
  type CreateEnvironmentOptions,
  type EnvironmentTarget,
  formatExplicitList,
  installPackages,
  type InstallOptions,
  type LibraryOptions,
  removePackages,
  type RemoveOptions,
  searchPackages,
  solve,
  type SolveSpecsOptions,
  updatePackages,
  type UpdateOptions,
} from './library/index.ts';
export { changeEnvironment, type ChangeOptions, type ChangeResult } from './pipeline.ts';
export { installExplicit } from './explicit.ts';
export { ERRORS, type ErrorCode, TcondaError, type TcondaErrorOptions } from './errors.ts';
export {
  channelSettings,
  channelTexts,
  type Config,
  type ConfigFlags,
  loadConfig,
  type LoadedConfig,
} from './config/index.ts';
export { currentHost, detectVirtualPackages, type Host, nativeSubdir } from './host/index.ts';
export { createHttpClient, type HttpClient } from './io/http.ts';
export {
  findPythonDistributions,
  loadPrefix,
  type PythonDistribution,
  recoverPrefix,
} from './record/index.ts';
export {
  findElsewhere,
  loadRepodata,
  type LoadRepodataOptions,
  type RepodataQuery,
} from './repodata/index.ts';
export { type SolveInput, type SolveOptions, solveRequest, unsolvableError } from './solve/index.ts';
export {
  type EnvironmentFile,
  gatherRequest,
  joinRemoval,
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
  type ChannelCredentials,
  type ChannelSettings,
  parseChannel,
  revealChannelUrl,
  subdirUrl,
} from './model/channel.ts';
export {
  channelMembers,
  type ChannelSubdir,
  channelSubdirs,
  expandChannels,
  listChannelSubdirs,
} from './model/channel-list.ts';
export { type MambaChannel, parseMambaChannel } from './model/mamba-channel.ts';
export {
  type MambaChannelSettings,
  type ResolvedMambaChannel,
  resolveMambaChannel,
} from './model/resolve-mamba-channel.ts';
export { DEFAULT_CHANNEL_SETTINGS, type SpecChannel } from './model/spec-channel.ts';
export { isNameOnlySpec, type MatchableRecord, type MatchSpec, matchesRecord } from './model/match-spec.ts';
export { type Condition, holdsCondition, parseCondition } from './model/match-spec-condition.ts';
export { mergeMatchSpecs } from './model/match-spec-merge.ts';
export { parseMambaMatchSpec } from './model/mamba-match-spec.ts';
export {
  findMatchSpec,
  formatBuildForm,
  formatMatchSpec,
  type MatchSpecOptions,
  parseMatchSpec,
} from './model/match-spec-text.ts';
export type { Phase, ProgressEvent, Report } from './model/event.ts';
export { isPackageName, type PackageName, parsePackageName } from './model/package-name.ts';
export {
  formatDistName,
  type Md5,
  type NoArchType,
  type PackageRecord,
  type RepoDataRecord,
  type Sha256,
  type VirtualPackage,
} from './model/package-record.ts';
export type { PrefixData, PrefixPath, PrefixRecord } from './model/prefix-record.ts';
export type { Repodata, SubdirRecords } from './model/repodata.ts';
export type {
  ChannelCutoff,
  ChannelPriority,
  DependencyOverride,
  ExcludeNewer,
  Job,
  Resolution,
  SolveRequest,
  SpecInput,
  UpdateModifier,
} from './model/request.ts';
export type { Fix, NotFound, Problem, Relaxation, Solution, Unsolvable } from './model/solution.ts';
export { RegexError } from './model/regex-character.ts';
export { type StringPattern, matchesPattern, parseStringPattern } from './model/string-pattern.ts';
export { parseCutoff } from './model/cutoff.ts';
export {
  archOfSubdir,
  isKnownSubdir,
  isValidSubdir,
  osOfSubdir,
  type Subdir,
  SUBDIRS,
} from './model/subdir.ts';
export type { Operation, Transaction } from './model/transaction.ts';
export {
  compareVersions,
  findVersion,
  formatVersion,
  isValidVersion,
  parseVersion,
  type Version,
  type VersionComponent,
  type VersionSegment,
  versionStartsWith,
} from './model/version.ts';
export {
  formatVersionSpec,
  isExactVersionSpec,
  matchesVersion,
  parseVersionSpec,
  type VersionClause,
  type VersionGroup,
  type VersionSpec,
} from './model/version-spec.ts';
// What the types above are made of.
export type { FetchPackagesOptions } from './fetch/index.ts';
export type { ExtractPackagesOptions } from './extract/index.ts';
export type {
  ActivatedProgram,
  LinkTransactionOptions,
  LongShebang,
  OwnFiles,
  PathConflictMode,
  PrelinkMessageOptions,
} from './link/index.ts';
export type { ExtractedPackage } from './model/package-files.ts';
export type { LoadPrefixOptions, PrefixLockOptions, RecordTransactionOptions } from './record/index.ts';
export type {
  ConfigLayer,
  ConfigWarning,
  SettingFlags,
  SettingName,
  SettingSource,
  SettingValue,
  Target,
} from './config/index.ts';
export type { VirtualOverrides } from './host/index.ts';
export type { Credentials } from './io/auth.ts';
export type { AwsCredentials } from './io/sigv4.ts';
export type { ProxySettings } from './io/proxies.ts';
export type { HttpClientOptions, HttpRequestOptions, HttpResponse } from './io/http.ts';
export type {
  CondaLock,
  LockChoice,
  LockedPackage,
  MambaLock,
  MambaLockPackage,
  PixiEnvironment,
  PixiLock,
  PixiPackage,
} from './lock/index.ts';
export type { CopiedEnvironment } from './relocate/index.ts';
export type { IndexedSubdir } from './publish/index.ts';
export type { ArchiveFormat, ArchiveLimits, ContentChecks } from './archive/index.ts';
export type { EnvironmentFileOptions, ExplicitFile, ExplicitPaths, RequirementsFile } from './specs/index.ts';
export type { ChannelRules } from './model/channel-rules.ts';
export type { LinearRegex } from './model/linear-regex.ts';
export type { FileMode, IndexJson, PathEntry, PathsJson, RunExportsJson } from './model/package-info.ts';
export type { PrefixPathType } from './model/prefix-record.ts';
export type { ChangeCommand, JobKind } from './model/request.ts';
export type { Secret } from './model/secret.ts';
export type { VersionRelation } from './model/version-spec.ts';
