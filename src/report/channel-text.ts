import type { RepoDataRecord } from '../model/package-record.ts';

/**
 * The name of a record's channel: `pkgs/main` where people see `defaults`, and of a channel that has only a URL its path, of a
 * folder the last part.
 */
export function channelName(record: Pick<RepoDataRecord, 'channel' | 'schannel'>): string {
  const { channel, schannel } = record;
  const text = isInGroup(record) ? channel : schannel;
  const [, scheme, place = ''] = /^([a-z][\w+.-]*):\/\/(.*)$/is.exec(text) ?? [];
  if (scheme === undefined) return schannel;
  if (scheme === 'file') return place.slice(place.lastIndexOf('/') + 1);
  const path = place.slice(place.indexOf('/') + 1);
  // Old on-premise servers keep all channels below `/conda`.
  return path.startsWith('conda/') ? path.slice('conda/'.length) : path;
}

/** Whether a record's channel goes by the name of a group, such as `defaults`: members are elsewhere than below that name. */
export function isInGroup({ channel, schannel }: Pick<RepoDataRecord, 'channel' | 'schannel'>): boolean {
  return !schannel.includes('://') && channel.includes('://') && !channel.endsWith(`/${schannel}`);
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
