import { sortByDependencies } from '../model/dependency-order.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { Transaction } from '../model/transaction.ts';
import { distToJson } from './dist-json.ts';
import { recordToJson } from './record-json.ts';

/** What a change does, or would do. */
export interface ActionsInput {
  readonly transaction: Transaction;
  /** Records whose archives are not in the cache. */
  readonly fetch: readonly RepoDataRecord[];
  readonly isDryRun: boolean;
}

/** What `create`, `install`, `update` and `remove` print with `--json` when something changes. */
export function actionsToJson(input: ActionsInput): Record<string, unknown> {
  const { operations, prefix } = input.transaction;
  // Dependents go before what they need.
  const unlink = sortByDependencies(
    operations.flatMap((operation) => ('remove' in operation ? [operation.remove] : [])),
  ).toReversed();
  const link = operations.flatMap((operation) => ('install' in operation ? [operation.install] : []));
  return {
    success: true,
    actions: {
      FETCH: input.fetch.map((record) => recordToJson(record)),
      PREFIX: prefix,
      ...(unlink.length > 0 ? { UNLINK: unlink.map(distToJson) } : {}),
      ...(link.length > 0 ? { LINK: link.map(distToJson) } : {}),
    },
    prefix,
    ...(input.isDryRun ? { dry_run: true } : {}),
  };
}

export const NOTHING_TO_DO = 'All requested packages already installed.';

/** The same when nothing has to change. */
export const nothingToDoJson = { success: true, message: NOTHING_TO_DO } as const;
