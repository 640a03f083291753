import type { RepoDataRecord } from '../model/package-record.ts';

/** The short name of a record's channel: of one known by its URL only, the last part. */
export function channelName(record: Pick<RepoDataRecord, 'schannel'>): string {
  if (!record.schannel.includes('://')) return record.schannel;
  return record.schannel.slice(record.schannel.lastIndexOf('/') + 1);
}

/**
 * The channel as it stands in tables: empty for `defaults` unless URLs are wanted, empty always if they are unwanted.
 * @param showUrls conda's `show_channel_urls`; undefined is its default
 */
export function channelColumn(
  record: Pick<RepoDataRecord, 'schannel'>,
  showUrls: boolean | undefined,
): string {
  if (showUrls === false) return '';
  return showUrls === undefined && record.schannel === 'defaults' ? '' : record.schannel;
}
