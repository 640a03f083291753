import { existsSync } from 'node:fs';
import path from 'node:path';

import type { RepoDataRecord } from '../model/package-record.ts';
import type { Transaction } from '../model/transaction.ts';

/** The records that a transaction links and that no cache seems to hold. What lies there is verified when it is used. */
export function findUncached(
  transaction: Transaction,
  pkgsDirs: readonly string[],
): readonly RepoDataRecord[] {
  return transaction.operations
    .flatMap((operation) => ('install' in operation ? [operation.install] : []))
    .filter((record) => !pkgsDirs.some((directory) => isCached(record, directory)));
}

function isCached(record: RepoDataRecord, pkgsDir: string): boolean {
  const stem = record.fn.replace(/\.(?:conda|tar\.bz2)$/, '');
  return (
    existsSync(path.join(pkgsDir, record.fn)) ||
    existsSync(path.join(pkgsDir, stem, 'info', 'repodata_record.json'))
  );
}
