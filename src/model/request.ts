import type { Channel } from './channel.ts';
import type { MatchSpec } from './match-spec.ts';
import type { PackageName } from './package-name.ts';

export type ChannelPriority = 'strict' | 'flexible' | 'disabled';

/** One thing that is asked of the solver. */
export type Job = JobKind & {
  /** What stands in for this job once it takes part in a conflict; left out, it is never given up. */
  readonly fallback?: readonly Job[];
};

export type JobKind =
  | { readonly kind: 'install'; readonly spec: MatchSpec; readonly reinstall?: boolean }
  | { readonly kind: 'remove'; readonly spec: MatchSpec }
  | { readonly kind: 'update'; readonly spec: MatchSpec }
  | { readonly kind: 'updateAll' }
  /** Is wanted by the user and so no orphan. */
  | { readonly kind: 'keep'; readonly name: PackageName }
  /** Stays at the installed build. */
  | { readonly kind: 'freeze'; readonly name: PackageName }
  /** If it is installed at all, it matches. */
  | { readonly kind: 'pin'; readonly spec: MatchSpec };

export type ChangeCommand = 'create' | 'install' | 'update' | 'remove';

/** The whole question to the solver. */
export interface SolveRequest {
  readonly command: ChangeCommand;
  /** What the user typed, parsed; for messages, history and `requested_specs`. */
  readonly requested: readonly MatchSpec[];
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
  /** What the requested packages depend on is to be as new as it can, too. */
  readonly updateDeps?: boolean;
}
