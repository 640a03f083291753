import type { LoadedConfig } from '../config/index.ts';
import { channelMembers } from '../model/channel-list.ts';
import { type ChannelSettings, parseChannel } from '../model/channel.ts';
import { parseCutoff } from '../model/cutoff.ts';
import type { ChannelCutoff, ExcludeNewer } from '../model/request.ts';
import { parseStringPattern } from '../model/string-pattern.ts';

/**
 * What the settings say of packages that are too young: in general, by channel, by name. The more special counts. A record
 * without a time stays, as in conda.
 *
 * @param now milliseconds since 1970
 * @throws {TcondaError} `INVALID_VALUE` for a value that is no time
 */
export function excludeNewerOf(
  config: Pick<LoadedConfig, 'get'>,
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
  const byChannel = channelCutoffs(config.get('channel_settings'), settings, now);
  const cutoffs = [cutoff, ...byName.values(), ...byChannel.map((each) => each.cutoff)];
  // Nothing can be younger than now.
  if (cutoffs.every((each) => each >= now)) return undefined;
  return { cutoff, byName, byChannel, includeUnknown: true };
}

function cutoffOf(value: unknown, now: number): number | undefined {
  if (value === false || (typeof value === 'string' && /^\s*false\s*$/i.test(value))) return Infinity;
  if (typeof value === 'number') return parseCutoff(String(value), now);
  return typeof value === 'string' && value.trim() !== '' ? parseCutoff(value, now) : undefined;
}

/** An entry that names a channel counts more than one with a pattern, and a later one more than an earlier. */
function channelCutoffs(
  entries: readonly Readonly<Record<string, unknown>>[],
  settings: ChannelSettings,
  now: number,
): readonly ChannelCutoff[] {
  const found = entries.toReversed().flatMap(({ channel: text, exclude_newer: value }) => {
    const cutoff = cutoffOf(value, now);
    if (typeof text !== 'string' || cutoff === undefined) return [];
    const isPattern = text.includes('*');
    const texts = isPattern
      ? [text]
      : channelMembers(parseChannel(text, settings), settings).map(({ baseUrl }) => baseUrl);
    return texts.map((each) => ({ isPattern, channel: parseStringPattern(each), cutoff }));
  });
  return [...found.filter(({ isPattern }) => !isPattern), ...found.filter(({ isPattern }) => isPattern)];
}
