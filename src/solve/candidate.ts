import type { MatchableRecord } from '../model/match-spec.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';

/** Something that the solver may choose, with the dependencies that could be read, by number. */
export interface Candidate {
  readonly source:
    | { readonly kind: 'installed'; readonly record: PrefixRecord }
    | { readonly kind: 'virtual' }
    | { readonly kind: 'available'; readonly record: RepoDataRecord; readonly priority: number };
  readonly record: MatchableRecord;
  readonly requires: readonly number[];
  /** Dependencies that apply only if something else is installed. */
  readonly conditional: readonly number[];
  readonly constrains: readonly number[];
}

/** A record that is left out, and why. */
export interface ExcludedRecord {
  readonly record: RepoDataRecord;
  readonly reason:
    | { readonly kind: 'strict-priority'; readonly preferredChannel: string }
    | { readonly kind: 'too-new' }
    /** Its channel took it back. */
    | { readonly kind: 'revoked' }
    | { readonly kind: 'unreadable'; readonly text: string; readonly problem: string };
}
