import type { RepoDataRecord } from '../model/package-record.ts';
import type { Transaction } from '../model/transaction.ts';
import { compareVersions, parseVersion } from '../model/version.ts';
import { channelName } from './channel-text.ts';

/** What a change is to a package, in conda's words. */
export type ChangeCategory = 'new' | 'removed' | 'updated' | 'superseded' | 'downgraded' | 'revised';

/** A package before and after. */
export interface Change {
  readonly before: RepoDataRecord | undefined;
  readonly after: RepoDataRecord | undefined;
}

/** Sorts what a transaction does into conda's sections, in their order, each by name. Relinked packages are in none. */
export function sortChanges(transaction: Transaction): ReadonlyMap<ChangeCategory, readonly Change[]> {
  const sections = new Map<ChangeCategory, Change[]>([
    ['new', []],
    ['removed', []],
    ['updated', []],
    ['superseded', []],
    ['downgraded', []],
    ['revised', []],
  ]);
  for (const operation of transaction.operations) {
    const before = 'remove' in operation ? operation.remove : undefined;
    const after = 'install' in operation ? operation.install : undefined;
    const category = categoryOf(before, after);
    if (category !== undefined) sections.get(category)?.push({ before, after });
  }
  for (const changes of sections.values()) {
    changes.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }
  return sections;
}

function categoryOf(
  before: RepoDataRecord | undefined,
  after: RepoDataRecord | undefined,
): ChangeCategory | undefined {
  if (before === undefined) return 'new';
  if (after === undefined) return 'removed';
  const version = compareVersions(parseVersion(after.version), parseVersion(before.version));
  const isNewer = version > 0 || (version === 0 && after.build_number > before.build_number);
  if (isNewer) return 'updated';
  const isSamePlace = channelName(before) === channelName(after) && before.subdir === after.subdir;
  if (!isSamePlace) return 'superseded';
  if (version === 0 && after.build !== before.build) return 'revised';
  const isSame =
    after.version === before.version &&
    after.build_number === before.build_number &&
    after.schannel === before.schannel;
  return isSame ? undefined : 'downgraded';
}

function nameOf(change: Change): string {
  return change.after?.name ?? change.before?.name ?? '';
}
