import { TcondaError } from '../errors.ts';
import { expandChannels } from './channel-list.ts';
import type { Channel, ChannelSettings } from './channel.ts';

/** Which channels may be used. Base URLs. */
export interface ChannelRules {
  /** When not empty, no others. */
  readonly allowed: ReadonlySet<string>;
  /** These never, even if they are allowed. */
  readonly denied: ReadonlySet<string>;
}

/** The rules that the settings `allowlist_channels` and `denylist_channels` make; groups stand for their members. */
export function parseChannelRules(
  allowlist: readonly string[],
  denylist: readonly string[],
  settings: ChannelSettings,
): ChannelRules {
  const urls = (texts: readonly string[]): ReadonlySet<string> =>
    new Set(expandChannels(texts, settings).map(({ baseUrl }) => baseUrl));
  return { allowed: urls(allowlist), denied: urls(denylist) };
}

/** @throws {TcondaError} `CHANNEL_DENIED`, `CHANNEL_NOT_ALLOWED` for the first channel that may not be used */
export function checkChannels(
  channels: readonly Pick<Channel, 'baseUrl' | 'canonicalName'>[],
  { allowed, denied }: ChannelRules,
): void {
  for (const { baseUrl, canonicalName } of channels) {
    const data = { channel_name: canonicalName, channel_url: baseUrl };
    if (denied.has(baseUrl)) {
      throw new TcondaError('CHANNEL_DENIED', `The channel ${canonicalName} is on the denylist: ${baseUrl}`, {
        data,
      });
    }
    if (allowed.size > 0 && !allowed.has(baseUrl)) {
      throw new TcondaError(
        'CHANNEL_NOT_ALLOWED',
        `The channel ${canonicalName} is not on the allowlist: ${baseUrl}`,
        { data },
      );
    }
  }
}
