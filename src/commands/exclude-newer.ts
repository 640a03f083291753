import type { LoadedConfig } from '../config/index.ts';
import { channelMembers, type Channel, type ChannelSettings, parseChannel } from '../model/channel.ts';
import { parseCutoff } from '../model/cutoff.ts';
import type { ExcludeNewer } from '../model/request.ts';
import { matchesPattern, parseStringPattern } from '../model/string-pattern.ts';

/**
 * What the settings say of packages that are too young: in general, by channel, by name. The more special counts. A record
 * without a time stays, as in conda.
 *
 * @param now milliseconds since 1970
 * @throws {TcondaError} `INVALID_VALUE` for a value that is no time
 */
export function excludeNewerOf(
  config: Pick<LoadedConfig, 'get'>,
  channels: readonly Channel[],
  settings: ChannelSettings,
  now: number,
): ExcludeNewer | undefined {
  const general = config.get('exclude_newer').trim();
  const cutoff = general === '' ? Infinity : parseCutoff(general, now);
  const byName = new Map<string, number>();
  for (const [name, value] of Object.entries(config.get('exclude_newer_package'))) {
    const own = cutoffOf(value, now);
    if (own !== undefined) byName.set(name.toLowerCase(), own);
  }
  const byChannel = new Map<string, number>();
  for (const channel of channels) {
    const own = cutoffOf(settingOf(channel, config.get('channel_settings'), settings), now);
    if (own !== undefined) byChannel.set(channel.baseUrl, own);
  }
  const cutoffs = [cutoff, ...byName.values(), ...byChannel.values()];
  // Nothing can be younger than now.
  if (cutoffs.every((each) => each >= now)) return undefined;
  return { cutoff, byName, byChannel, includeUnknown: true };
}

function cutoffOf(value: unknown, now: number): number | undefined {
  if (value === false || (typeof value === 'string' && /^\s*false\s*$/i.test(value))) return Infinity;
  if (typeof value === 'number') return parseCutoff(String(value), now);
  return typeof value === 'string' && value.trim() !== '' ? parseCutoff(value, now) : undefined;
}

/** The last entry that names the channel; else the last whose pattern its URL matches. */
function settingOf(
  channel: Channel,
  entries: readonly Readonly<Record<string, unknown>>[],
  settings: ChannelSettings,
): unknown {
  const own = entries.filter((entry) => entry['exclude_newer'] !== undefined);
  const isNamed = ({ channel: text }: Readonly<Record<string, unknown>>): boolean =>
    typeof text === 'string' &&
    !text.includes('*') &&
    channelMembers(parseChannel(text, settings), settings).some(({ baseUrl }) => baseUrl === channel.baseUrl);
  const isLike = ({ channel: text }: Readonly<Record<string, unknown>>): boolean =>
    typeof text === 'string' &&
    text.includes('*') &&
    matchesPattern(parseStringPattern(text), channel.baseUrl);
  return (own.findLast(isNamed) ?? own.findLast(isLike))?.['exclude_newer'];
}
