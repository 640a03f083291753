import type { RepoDataRecord } from './package-record.ts';
import type { PrefixRecord } from './prefix-record.ts';

/** What happens to one package name. `relink`: the same archive is taken out and linked again. */
export type Operation =
  | { readonly kind: 'link'; readonly install: RepoDataRecord }
  | { readonly kind: 'unlink'; readonly remove: PrefixRecord }
  | { readonly kind: 'change'; readonly remove: PrefixRecord; readonly install: RepoDataRecord }
  | { readonly kind: 'relink'; readonly remove: PrefixRecord; readonly install: RepoDataRecord };

/** What must change in a prefix, in an order safe to carry out: unlinks from dependents down, then links from dependencies up. */
export interface Transaction {
  readonly prefix: string;
  readonly operations: readonly Operation[];
  readonly unchanged: readonly PrefixRecord[];
}
