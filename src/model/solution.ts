import type { RepoDataRecord } from './package-record.ts';

/** Everything that will be in the prefix, unchanged records included. */
export interface Solution {
  readonly kind: 'solved';
  readonly records: readonly RepoDataRecord[];
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

/** There is no such environment. An answer, not an error. */
export interface Unsolvable {
  readonly kind: 'unsolvable';
  /** One entry a conflict, each with the rules that make it. */
  readonly conflicts: readonly (readonly Problem[])[];
  /** The explanation for a person, as a tree of lines. */
  readonly explanation: readonly string[];
}
