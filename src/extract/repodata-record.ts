import type { RepoDataRecord } from '../model/package-record.ts';

/**
 * The text of `info/repodata_record.json`: what the channel says of the package, over what the package says of itself,
 * with its origin. Other clients that share the cache read it.
 */
export function formatRepodataRecord(indexJson: string, record: RepoDataRecord): string {
  const index = JSON.parse(indexJson) as Readonly<Record<string, unknown>>;
  const { schannel: _, track_features: features, constrains, ...rest } = record;
  const merged: Readonly<Record<string, unknown>> = {
    ...index,
    ...rest,
    ...(constrains.length > 0 || 'constrains' in index ? { constrains } : {}),
    ...(features === undefined ? {} : { track_features: features.join(' ') }),
  };
  return `${JSON.stringify(merged, undefined, 2)}\n`;
}
