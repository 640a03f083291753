import { formatDistName, type RepoDataRecord } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import type { Repodata } from '../model/repodata.ts';
import type { ExcludeNewer } from '../model/request.ts';
import { matchesPattern } from '../model/string-pattern.ts';
import { compareText } from './candidate-table.ts';
import type { ExcludedRecord } from './candidate.ts';

/** A record that a channel has, and how much the channel is preferred; 0 is most. */
export interface Offer {
  readonly record: RepoDataRecord;
  readonly priority: number;
  /** It is the package that is installed, and a candidate as such: here it only says which channel has the name. */
  readonly isInstalled?: boolean;
}

/**
 * What the channels have, by name. Of an archive in two formats the `.conda` is listed; what is installed is marked.
 * Records that came too late are not listed but noted.
 */
export function listOffers(
  repodata: Repodata,
  installed: readonly PrefixRecord[],
  limit: ExcludeNewer | undefined,
  excluded: ExcludedRecord[],
): ReadonlyMap<string, readonly Offer[]> {
  const taken = new Set(installed.flatMap(archiveKeys));
  const seen = new Map<string, RepoDataRecord>();
  const offers = new Map<string, Offer[]>();
  for (const subdir of repodata.subdirs) {
    if (subdir.kind === 'missing') continue;
    for (const record of subdir.records) {
      const isInstalled = taken.size > 0 && archiveKeys(record).some((key) => taken.has(key));
      if (!isInstalled && limit !== undefined && isTooNew(record, limit)) {
        excluded.push({ record, reason: { kind: 'too-new' } });
        continue;
      }
      const list = offers.get(record.name) ?? [];
      if (list.length === 0) offers.set(record.name, list);
      if (isInstalled) {
        list.push({ record, priority: subdir.priority, isInstalled });
        continue;
      }
      const offer = { record, priority: subdir.priority };
      const key = `${record.channel}/${record.subdir}/${stem(record.fn)}`;
      const twin = seen.get(key);
      if (twin === undefined || (twin.fn === record.fn && !isSameArchive(twin, record))) list.push(offer);
      else if (record.fn.endsWith('.conda') && !twin.fn.endsWith('.conda')) {
        list[list.findIndex((each) => each.record === twin)] = offer;
      } else continue;
      seen.set(key, record);
    }
  }
  return offers;
}

/** The server's word for when a record came counts more than its maker's. */
function isTooNew(record: RepoDataRecord, limit: ExcludeNewer): boolean {
  const time = record.indexed_timestamp ?? record.timestamp;
  if (time === undefined) return limit.includeUnknown !== true;
  const ofChannel = limit.byChannel?.find(({ channel }) => matchesPattern(channel, record.channel));
  return time > (limit.byName?.get(record.name) ?? ofChannel?.cutoff ?? limit.cutoff);
}

function isSameArchive(a: RepoDataRecord, b: RepoDataRecord): boolean {
  return a.sha256 === b.sha256 && a.md5 === b.md5 && a.build_number === b.build_number;
}

/** Two records with one of these in common are the same package. */
function archiveKeys(record: RepoDataRecord): string[] {
  const name = `${record.subdir}/${formatDistName(record)}`;
  const keys = [`${record.channel}/${name}`, `${record.schannel}/${name}`];
  return record.sha256 === undefined ? keys : [...keys, `${name}#${record.sha256}`];
}

function stem(fileName: string): string {
  return fileName.replace(/\.(?:conda|tar\.bz2)$/, '');
}

/** The same for the same records, in whatever order they came. */
export function compareOffers(a: Offer, b: Offer): number {
  return (
    a.priority - b.priority ||
    compareText(a.record.url, b.record.url) ||
    compareText(a.record.sha256 ?? a.record.md5 ?? '', b.record.sha256 ?? b.record.md5 ?? '')
  );
}

/** Under strict priority: a name that a channel has hides those of all channels below. What is hidden is noted. */
export function preferredOffers(offers: readonly Offer[], excluded: ExcludedRecord[]): readonly Offer[] {
  const best = offers.reduce<Offer | undefined>(
    (found, offer) => (found === undefined || offer.priority < found.priority ? offer : found),
    undefined,
  );
  if (best === undefined) return offers;
  const preferredChannel = best.record.schannel;
  return offers.filter((offer) => {
    if (offer.priority === best.priority) return true;
    excluded.push({ record: offer.record, reason: { kind: 'strict-priority', preferredChannel } });
    return false;
  });
}
