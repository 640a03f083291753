import type { RepoDataRecord } from './package-record.ts';
import type { ChannelPriority } from './request.ts';

/** Everything that will be in the prefix, unchanged records included. */
export interface Solution {
  readonly kind: 'solved';
  readonly records: readonly RepoDataRecord[];
  /** Records that were not considered because a dependency of theirs can't be read, each with the reason. */
  readonly warnings: readonly string[];
}

/** One reason why a request can't be met. `source` and `target` are `name-version-build`; `spec` is the dependency at fault. */
export type Problem =
  | { readonly kind: 'nothing-provides'; readonly source?: string; readonly spec: string }
  | { readonly kind: 'requires'; readonly source: string; readonly spec: string }
  | { readonly kind: 'same-name'; readonly source: string; readonly target: string }
  | { readonly kind: 'constrains'; readonly source: string; readonly target: string; readonly spec: string }
  | { readonly kind: 'job'; readonly spec: string }
  | { readonly kind: 'strict-priority'; readonly source: string }
  | { readonly kind: 'other'; readonly text: string };

/** A name that was asked for and that no channel has. */
export interface NotFound {
  readonly spec: string;
  readonly name: string;
  /** Names that are like it, the likeliest first. */
  readonly suggestions: readonly string[];
  /** Other platforms for which the channels have it, as far as that was looked for. */
  readonly subdirs?: readonly string[];
  /** File names of what the channels had of it, and took away. */
  readonly removed?: readonly string[];
}

/** One thing that was asked for in another way than at first. */
export type Relaxation =
  | { readonly kind: 'change-spec'; readonly spec: string; readonly to: string }
  | { readonly kind: 'drop-spec'; readonly spec: string }
  /** Another minor version of python than the installed one. */
  | { readonly kind: 'change-python'; readonly from: string; readonly to: string }
  | { readonly kind: 'unpin'; readonly spec: string }
  /** Installed packages may change that were to stay. */
  | { readonly kind: 'unfreeze'; readonly names: readonly string[] }
  /** Everything that was asked for in earlier times may change. */
  | { readonly kind: 'update-deps' }
  | { readonly kind: 'channel-priority'; readonly to: ChannelPriority }
  /** Packages count that are newer than allowed. */
  | { readonly kind: 'allow-newer' };

/** A change of the request that was tried and has an answer. */
export interface Fix {
  readonly changes: readonly Relaxation[];
  /** What it comes to for the names that are asked for: `numpy 1.26.4`, sorted. */
  readonly leadsTo: readonly string[];
  /** Names of installed packages that would go. */
  readonly removes: readonly string[];
}

/** There is no such environment. An answer, not an error. */
export interface Unsolvable {
  readonly kind: 'unsolvable';
  /** When this is not empty, it is the whole reason. */
  readonly notFound: readonly NotFound[];
  /** One entry a conflict, each with the rules that make it. */
  readonly conflicts: readonly (readonly Problem[])[];
  /** The explanation for a person, as a tree of lines. */
  readonly explanation: readonly string[];
  /** What would work instead, the least change first. Looked for only on demand. */
  readonly fixes: readonly Fix[];
  readonly warnings: readonly string[];
}
