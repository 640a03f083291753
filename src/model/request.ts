import type { ChannelRules } from './channel-rules.ts';
import type { Channel, ChannelSettings } from './channel.ts';
import type { MatchSpec } from './match-spec.ts';
import type { PackageName } from './package-name.ts';
import type { StringPattern } from './string-pattern.ts';

/** How much the order of channels counts against versions. */
export type ChannelPriority = 'strict' | 'flexible' | 'disabled';

/** One thing that is asked of the solver. */
export type Job = JobKind & {
  /** What stands in for this job once it takes part in a conflict; left out, it is never given up. */
  readonly fallback?: readonly Job[];
};

/** One thing that is asked of the solver. */
export type JobKind =
  | { readonly kind: 'install'; readonly spec: MatchSpec; readonly reinstall?: boolean }
  | { readonly kind: 'remove'; readonly spec: MatchSpec }
  | { readonly kind: 'update'; readonly spec: MatchSpec }
  | { readonly kind: 'updateAll' }
  /** Is wanted by the user and so no orphan. */
  | { readonly kind: 'keep'; readonly name: PackageName }
  /** Stays at the installed build. */
  | { readonly kind: 'freeze'; readonly name: PackageName }
  /** Gets back what it needs and lacks. What is installed may lack things otherwise. */
  | { readonly kind: 'repair'; readonly name: PackageName }
  /** If it is installed at all, it matches. `isImplied`: nobody pinned it, it is python's minor version. */
  | { readonly kind: 'pin'; readonly spec: MatchSpec; readonly isImplied?: boolean };

/** The commands that ask the solver, which differ in what they leave alone. */
export type ChangeCommand = 'create' | 'install' | 'update' | 'remove';

/** The whole question to the solver. */
export interface SolveRequest {
  readonly command: ChangeCommand;
  /** What the user typed, parsed; for messages, history and `requested_specs`. */
  readonly requested: readonly MatchSpec[];
  /** What leaves beside that; `remove` has it in `requested`. */
  readonly removed?: readonly MatchSpec[];
  readonly jobs: readonly Job[];
  /** Highest priority first. */
  readonly channels: readonly Channel[];
  /** In the order of the search, e.g. `['linux-64', 'noarch']`. */
  readonly subdirs: readonly string[];
  readonly channelPriority: ChannelPriority;
  /** Only the requested packages change. */
  readonly noDeps: boolean;
  /** The requested packages themselves stay out. */
  readonly onlyDeps: boolean;
  readonly allowDowngrade: boolean;
  /** Whether dependencies that nobody asked for leave with what needed them. */
  readonly pruneOrphans: boolean;
  /** Whether everything goes that no install, update or keep job needs. */
  readonly prune?: boolean;
  /** Which of the versions that are allowed is taken; the highest if left out. */
  readonly resolution?: Resolution;
  /** Other dependencies than the records have. */
  readonly dependencyOverrides?: readonly DependencyOverride[];
  /** Records that came later than this are not considered. */
  readonly excludeNewer?: ExcludeNewer;
  /** What the requested packages depend on is to be as new as it can, too. */
  readonly updateDeps?: boolean;
  /** All that was asked for is there already, and that was to be enough (`--satisfied-skip-solve`): nothing is to be done. */
  readonly isSatisfied?: boolean;
  /** What is installed has no say in the answer. */
  readonly ignoresInstalled?: boolean;
}

/** Which versions are preferred: the newest, the oldest, or the oldest of what is asked for by name. */
export type Resolution = 'highest' | 'lowest' | 'lowest-direct';

/** How far a change may reach beyond what is asked for. */
export type UpdateModifier =
  'update-specs' | 'freeze-installed' | 'update-deps' | 'update-all' | 'specs-satisfied-skip-solve';

/** What a person asked for, with the settings that take part. All files are read already. */
export interface SpecInput {
  readonly command: ChangeCommand;
  /** Spec texts, of the command line and of requirement files. */
  readonly specs: readonly string[];
  /** Highest priority first; none is refused when something is to be installed. */
  readonly channels: readonly Channel[];
  /** What channel names in specs mean. */
  readonly channelSettings?: ChannelSettings;
  /** In the order of the search. */
  readonly subdirs: readonly string[];
  /** `flexible` when left out. */
  readonly channelPriority?: ChannelPriority;
  /** When left out: `install` keeps what is installed as far as that goes, other commands are `update-specs`. */
  readonly updateModifier?: UpdateModifier;
  readonly noDeps?: boolean;
  readonly onlyDeps?: boolean;
  readonly forceReinstall?: boolean;
  /** `remove` takes out what is named and nothing else. */
  readonly forceRemove?: boolean;
  /** Packages leave that nobody asked for, now or before; with `remove` they do unless it is `false`. */
  readonly prune?: boolean;
  /** The answer is what it would be for an empty environment, but for the environment's pins. */
  readonly ignoreInstalled?: boolean;
  /** Pins, those of the environment too, are left out of account. */
  readonly ignorePinned?: boolean;
  /** The setting of that name. Those of the environment come from what is installed. */
  readonly pinnedPackages?: readonly string[];
  /** The setting of that name: brought up to date by every change. */
  readonly aggressiveUpdatePackages?: readonly string[];
  /** The setting of that name: what `create` adds to what it is asked for. */
  readonly createDefaultPackages?: readonly string[];
  readonly excludeNewer?: ExcludeNewer;
  /** `highest` when left out. */
  readonly resolution?: Resolution;
  /** Which channels specs may name besides {@link channels}; all if left out. */
  readonly channelRules?: ChannelRules;
}

/** Which packages are too new to be taken. */
export interface ExcludeNewer {
  /** Milliseconds since 1970. */
  readonly cutoff: number;
  /** Other cutoffs for some names. */
  readonly byName?: ReadonlyMap<string, number>;
  /** Other cutoffs for some channels; the first that fits counts. One of the name counts more. */
  readonly byChannel?: readonly ChannelCutoff[];
  /** Whether a record that doesn't say when it came is considered. */
  readonly includeUnknown?: boolean;
}

/** When records of the channels end whose base URL is like this. */
export interface ChannelCutoff {
  readonly channel: StringPattern;
  /** Milliseconds since 1970. */
  readonly cutoff: number;
}

/** Where a record of `of` depends on the name of `dependency`, that is what it depends on. */
export interface DependencyOverride {
  readonly of: MatchSpec;
  readonly dependency: MatchSpec;
}
