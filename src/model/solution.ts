import type { RepoDataRecord } from './package-record.ts';

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
  /** Names that are like it, the likeliest first. */
  readonly suggestions: readonly string[];
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
  readonly warnings: readonly string[];
}
