import {
  DEFAULT_CHANNEL_SETTINGS,
  gatherRequest,
  type Job,
  joinRemoval,
  parseChannel,
  parseMambaMatchSpec,
  parseMatchSpec,
  parsePackageName,
  type PrefixData,
  type SolveRequest,
  type SpecInput,
  type UpdateModifier,
} from '../../../src/index.ts';
import type { RawChannel, RawRecord } from './solver-records.ts';

interface RawJob {
  readonly job: 'install' | 'remove' | 'update' | 'update_all' | 'keep' | 'freeze' | 'pin';
  readonly spec?: string;
  readonly clean_dependencies?: boolean;
}

export interface SomeFields {
  readonly name: string;
  readonly version?: string;
  readonly build?: string;
}

interface Expectation {
  readonly unsatisfiable?: boolean;
  readonly culprits?: readonly string[];
  readonly result?: readonly string[];
  readonly present?: readonly SomeFields[];
  readonly absent?: readonly SomeFields[];
  readonly selected?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly selected_fn?: readonly string[];
  readonly channel_of?: Readonly<Record<string, string>>;
  readonly exact_count?: number;
}

export interface SolverCase {
  readonly id: string;
  readonly origin: 'conda' | 'mamba' | 'rattler' | 'conda-forge-subset';
  readonly channels: readonly RawChannel[];
  readonly subdirs?: readonly string[];
  readonly installed?: readonly (string | RawRecord)[];
  readonly installed_all_of?: string;
  readonly pinned_records?: readonly RawRecord[];
  readonly virtual?: readonly (readonly [string, string, string])[];
  readonly jobs?: readonly RawJob[];
  readonly history?: Readonly<Record<string, string>>;
  readonly request?: {
    readonly install?: readonly string[];
    readonly remove?: readonly string[];
    readonly constraints?: readonly string[];
  };
  readonly options?: Readonly<Record<string, unknown>>;
  readonly expect: Expectation;
}

/** What conda's own front end makes of the options of a command. */
export function readCondaRequest(given: SolverCase, prefix: PrefixData): SolveRequest {
  const { request = {}, options = {}, channels } = given;
  const { install = [], remove = [] } = request;
  if (install.length > 0 && remove.length > 0) {
    const ask = (part: NonNullable<SolverCase['request']>): SolveRequest =>
      readCondaRequest({ ...given, request: part }, prefix);
    return joinRemoval(ask({ install }), ask({ remove }), prefix.records);
  }
  const modifier = String(options['update_modifier']).toLowerCase().replaceAll('_', '-') as UpdateModifier;
  const input: SpecInput = {
    command: install.length === 0 && remove.length > 0 ? 'remove' : 'install',
    specs: install.length === 0 ? remove : install,
    channels: channels.map((raw) => parseChannel(raw.channel, DEFAULT_CHANNEL_SETTINGS)),
    subdirs: ['linux-64', 'noarch'],
    channelPriority: (options['channel_priority'] ?? 'flexible') as SolveRequest['channelPriority'],
    updateModifier: modifier,
    noDeps: options['deps_modifier'] === 'NO_DEPS',
    onlyDeps: options['deps_modifier'] === 'ONLY_DEPS',
    prune: options['prune'] === true,
    ignorePinned: options['ignore_pinned'] === true,
    pinnedPackages: (options['pinned'] ?? []) as readonly string[],
    aggressiveUpdatePackages: (options['aggressive_update_packages'] ?? []) as readonly string[],
  };
  return gatherRequest(input, prefix);
}

/** What the other tools are asked for: jobs, or specs that are to hold. */
export function readRequest(given: SolverCase): SolveRequest {
  const options = given.options ?? {};
  const request = given.request ?? {};
  // Only mamba is asked for jobs.
  const jobs = given.jobs?.map(readJob) ?? [
    ...(request.install ?? []).map((text): Job => ({ kind: 'install', spec: parseMatchSpec(text) })),
    ...(request.constraints ?? []).map((text): Job => ({ kind: 'pin', spec: parseMatchSpec(text) })),
    ...(given.pinned_records ?? []).map((record): Job => ({
      kind: 'freeze',
      name: parsePackageName(record.name),
    })),
  ];
  return {
    command: 'install',
    requested: jobs.flatMap((job) => ('spec' in job && job.kind !== 'pin' ? [job.spec] : [])),
    jobs,
    channels: [],
    subdirs: given.subdirs ?? [],
    channelPriority: (options['channel_priority'] ?? 'strict') as SolveRequest['channelPriority'],
    noDeps: options['keep_dependencies'] === false || options['deps_modifier'] === 'NO_DEPS',
    onlyDeps: options['keep_user_specs'] === false || options['deps_modifier'] === 'ONLY_DEPS',
    allowDowngrade: options['allow_downgrade'] !== false,
    pruneOrphans: (given.jobs ?? []).some((job) => job.clean_dependencies === true),
    // What rattler is asked for is the whole environment, and so what nobody asked for goes.
    prune: given.origin === 'rattler' || options['prune'] === true,
    resolution: RESOLUTIONS.get(options['strategy']) ?? 'highest',
    ...readExcludeNewer(options),
    dependencyOverrides: readOverrides(options),
  };
}

const RESOLUTIONS: ReadonlyMap<unknown, NonNullable<SolveRequest['resolution']>> = new Map([
  ['lowest-version', 'lowest'],
  ['lowest-version-direct', 'lowest-direct'],
]);

function readExcludeNewer(options: Readonly<Record<string, unknown>>): Pick<SolveRequest, 'excludeNewer'> {
  const cutoff = options['exclude_newer'];
  if (typeof cutoff !== 'string') return {};
  const byName = Object.entries((options['exclude_newer_package'] ?? {}) as Readonly<Record<string, string>>);
  return {
    excludeNewer: {
      cutoff: Date.parse(cutoff),
      byName: new Map(byName.map(([name, date]) => [name, Date.parse(date)])),
      includeUnknown: options['exclude_newer_include_unknown'] === true,
    },
  };
}

function readJob({ job, spec = '' }: RawJob): Job {
  if (job === 'update_all') return { kind: 'updateAll' };
  if (job === 'keep' || job === 'freeze') return { kind: job, name: parsePackageName(spec) };
  return { kind: job, spec: parseMambaMatchSpec(spec) };
}

function readOverrides(
  options: Readonly<Record<string, unknown>>,
): SolveRequest['dependencyOverrides'] & object {
  const pairs = (options['dependency_overrides'] ?? []) as readonly (readonly [string, string])[];
  return pairs.map(([of, dependency]) => ({
    of: parseMatchSpec(of),
    dependency: parseMatchSpec(dependency),
  }));
}
