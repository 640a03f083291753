import { sortByDependencies } from '../model/dependency-order.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { PrefixData, PrefixRecord } from '../model/prefix-record.ts';
import type { Operation, Transaction } from '../model/transaction.ts';
import { namesToRelink } from './noarch-relink.ts';

export interface PlanTransactionOptions {
  /** Names that are taken out and linked again though nothing about them changes. */
  readonly reinstall?: ReadonlySet<string>;
}

/**
 * Says what must happen to a prefix so that it holds exactly `wanted`: unlinks from dependents down, then everything that
 * links, dependencies first. Packages of python code are linked again when python's place for them moves.
 */
export function planTransaction(
  installed: PrefixData,
  wanted: readonly RepoDataRecord[],
  options: PlanTransactionOptions = {},
): Transaction {
  const installedByName = new Map<string, PrefixRecord>(
    installed.records.map((record) => [record.name, record]),
  );
  const wantedNames = new Set<string>(wanted.map((record) => record.name));
  const relink = namesToRelink(installedByName, wanted);
  const operations: Operation[] = sortByDependencies(installed.records)
    .filter((record) => !wantedNames.has(record.name))
    .toReversed()
    .map((remove) => ({ kind: 'unlink', remove }));
  const unchanged: PrefixRecord[] = [];

  for (const install of sortByDependencies(wanted)) {
    const remove = installedByName.get(install.name);
    if (remove === undefined) operations.push({ kind: 'link', install });
    else if (!isSameArchive(remove, install)) operations.push({ kind: 'change', remove, install });
    else if (relink.has(install.name) || options.reinstall?.has(install.name)) {
      operations.push({ kind: 'relink', remove, install });
    } else unchanged.push(remove);
  }
  return { prefix: installed.prefix, operations, unchanged };
}

/** Whether the prefix already is as it should be. */
export function isEmpty(transaction: Transaction): boolean {
  return transaction.operations.length === 0;
}

/**
 * Two records are the same package if their digests agree; the URL may differ, as on a mirror. So are both containers
 * (`.conda`, `.tar.bz2`) of one build in one channel.
 */
function isSameArchive(left: RepoDataRecord, right: RepoDataRecord): boolean {
  if (left.version !== right.version || left.build !== right.build) return false;
  if (left.sha256 !== undefined && left.sha256 === right.sha256) return true;
  if (left.fn === right.fn) {
    if (left.sha256 !== undefined && right.sha256 !== undefined) return false;
    if (left.md5 !== undefined && right.md5 !== undefined) return left.md5 === right.md5;
  }
  return (
    left.subdir === right.subdir &&
    left.build_number === right.build_number &&
    (left.channel === right.channel || left.schannel === right.schannel)
  );
}
