import type { JournalPlan } from '../model/journal.ts';
import { formatDistName } from '../model/package-record.ts';
import { type PrefixRecord, prefixRecordPath } from '../model/prefix-record.ts';
import type { PlannedPackage } from './planned-package.ts';
import type { PrefixTree } from './prefix-tree.ts';

/** What is known of a prefix before its own files are planned. */
export interface MetadataInput {
  readonly tree: PrefixTree;
  readonly removed: readonly PrefixRecord[];
  readonly packages: readonly PlannedPackage[];
  /** What is moved away before all else. */
  readonly replaced: readonly string[];
}

/** What is written beside the records when an environment begins. */
const FRESH = ['conda-meta/created_at', 'conda-meta/history'];

/** The records that go and come. */
export function planMetadata(
  input: MetadataInput,
  changed: readonly PrefixRecord[],
): Pick<JournalPlan, 'aside' | 'created'> {
  const linked = input.packages.map(({ record }) => record);
  const created = [...changed, ...linked].map(prefixRecordPath);
  const old = [...changed, ...input.removed].map(prefixRecordPath);
  const twice = created.length - new Set(created).size;
  if (twice > 0) throw new TypeError(`two packages of one name: ${linked.map(formatDistName).join(' ')}`);
  const fresh = input.replaced.length > 0 ? FRESH : [];
  return {
    // Also what another client left where a record goes.
    aside: [...new Set([...old, ...created])].filter((file) => input.tree.kindOf(file) !== 'missing'),
    created: [...created, ...fresh],
  };
}
