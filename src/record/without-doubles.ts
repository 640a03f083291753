import { formatDistName } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import { parseRevisions } from './history.ts';

/**
 * One record a package: where another client, killed in between, left two, that of which the history says that it is there, or
 * else the last in the order given.
 * @param onDouble told of each that is left out, and of what is there in its place
 */
export function withoutDoubles(
  records: readonly PrefixRecord[],
  readHistory: () => string,
  onDouble: (record: PrefixRecord, kept: PrefixRecord) => void,
): readonly PrefixRecord[] {
  const byName = new Map<string, PrefixRecord>();
  for (const record of records) byName.set(record.name, record);
  if (byName.size === records.length) return records;
  const last = parseRevisions(readHistory()).at(-1)?.state ?? [];
  const known = new Set(last.map((dist) => dist.slice(dist.lastIndexOf(':') + 1)));
  for (const record of records) if (known.has(formatDistName(record))) byName.set(record.name, record);
  return records.filter((record) => {
    const kept = byName.get(record.name) ?? record;
    if (kept !== record) onDouble(record, kept);
    return kept === record;
  });
}
