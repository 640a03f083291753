import { channelSettings, type LoadedConfig } from '../config/index.ts';
import type { Host } from '../host/index.ts';
import { type ChannelRules, checkChannels, parseChannelRules } from '../model/channel-rules.ts';
import type { Channel } from '../model/channel.ts';

/** Which channels the settings `allowlist_channels` and `denylist_channels` leave. */
export function channelRules(config: Pick<LoadedConfig, 'get'>, host: Host): ChannelRules {
  const [allowed, denied] = [config.get('allowlist_channels'), config.get('denylist_channels')];
  return parseChannelRules(allowed, denied, channelSettings(config, host));
}

/** @throws {TcondaError} `CHANNEL_NOT_ALLOWED`, `CHANNEL_DENIED` */
export function checkAllowedChannels(
  channels: readonly Pick<Channel, 'baseUrl' | 'canonicalName'>[],
  config: Pick<LoadedConfig, 'get'>,
  host: Host,
): void {
  checkChannels(channels, channelRules(config, host));
}
