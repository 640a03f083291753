import { parseIndexJson } from '../archive/index.ts';
import type { RepoDataRecord } from '../model/package-record.ts';

/**
 * The text of `info/repodata_record.json`: what the channel says of the package, over what the package says of itself,
 * with its origin. Other clients that share the cache read it.
 */
export function formatRepodataRecord(indexJson: string, record: RepoDataRecord): string {
  const index = JSON.parse(indexJson) as Readonly<Record<string, unknown>>;
  const { schannel: _, isUnread, track_features: features, constrains, ...rest } = record;
  if (isUnread === true) return formatJson({ ...index, ...placeOf(record) });
  const merged: Readonly<Record<string, unknown>> = {
    ...index,
    ...rest,
    ...(constrains.length > 0 || 'constrains' in index ? { constrains } : {}),
    ...(features === undefined ? {} : { track_features: features.join(' ') }),
  };
  return formatJson(merged);
}

/**
 * A record that named an archive and no more, with what the extracted package says of itself.
 * @param text of the package's `info/repodata_record.json`
 * @throws {TcondaError} `INVALID_PACKAGE_INFO`
 */
export function completeRecord(record: RepoDataRecord, text: string): RepoDataRecord {
  const { schema_version: _, ...index } = parseIndexJson(text, 'info/repodata_record.json');
  const { md5, sha256, size } = JSON.parse(text) as Partial<RepoDataRecord>;
  const digests = { ...(md5 && { md5 }), ...(sha256 && { sha256 }), ...(size !== undefined && { size }) };
  return { ...index, ...digests, ...placeOf(record), schannel: record.schannel };
}

/** What a list of URLs says of a package. */
function placeOf(record: RepoDataRecord): Pick<RepoDataRecord, 'fn' | 'url' | 'channel' | 'subdir'> {
  const { fn, url, channel, subdir, md5, sha256, size } = record;
  const digests = { ...(md5 && { md5 }), ...(sha256 && { sha256 }), ...(size !== undefined && { size }) };
  return { fn, url, channel, subdir, ...digests };
}

function formatJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
