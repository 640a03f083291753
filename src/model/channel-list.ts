import { parseChannel, subdirUrl, UNKNOWN_CHANNEL } from './channel.ts';
import type { Channel, ChannelSettings } from './channel.ts';

/**
 * The channels of a list, highest priority first: groups replaced by their members, `nodefaults` and unknown channels
 * left out, of equal channels the first kept.
 */
export function expandChannels(texts: readonly string[], settings: ChannelSettings): readonly Channel[] {
  const channels = new Map<string, Channel>();
  for (const text of texts) {
    if (text === 'nodefaults') continue;
    for (const channel of channelMembers(parseChannel(text, settings), settings)) {
      if (channel.baseUrl === '') continue;
      const key = [channel.baseUrl, channel.subdir, ...(channel.onlySubdirs ?? [])].join(' ');
      if (!channels.has(key)) channels.set(key, channel);
    }
  }
  return [...channels.values()];
}

/**
 * The single channels that a channel stands for: the members of a group, with its subdir; for the unknown channel those
 * of `defaults`, as conda looks for records without a channel; else itself.
 */
export function channelMembers(channel: Channel, settings: ChannelSettings): readonly Channel[] {
  const members =
    channel.name === UNKNOWN_CHANNEL && channel.baseUrl === ''
      ? parseChannel('defaults', settings).members
      : channel.members;
  if (members === undefined) return [channel];
  const filter = {
    ...(channel.subdir === undefined ? {} : { subdir: channel.subdir }),
    ...(channel.onlySubdirs === undefined ? {} : { onlySubdirs: channel.onlySubdirs }),
  };
  return members.map((member) => ({ ...member, ...filter }));
}

/** Which of a channel's subdirs to search, in order, when the search is for `subdirs`. */
export function channelSubdirs(channel: Channel, subdirs: readonly string[]): readonly string[] {
  if (channel.onlySubdirs !== undefined) return channel.onlySubdirs;
  if (channel.subdir === undefined) return [...new Set(subdirs)];
  return channel.subdir === 'noarch' ? ['noarch'] : [channel.subdir, 'noarch'];
}

/** One folder of a channel, at its place in a search. */
export interface ChannelSubdir {
  readonly channel: Channel;
  readonly subdir: string;
  /** 0 is preferred most; the subdirs of a channel share it. */
  readonly priority: number;
}

/**
 * The folders that a list of channels means, in the order of the search; each URL once, where it first stands.
 *
 * @param options `ignoresNamedSubdirs`: search `subdirs` in every channel, also where a text names one (`c/linux-64`)
 */
export function listChannelSubdirs(
  texts: readonly string[],
  settings: ChannelSettings,
  subdirs: readonly string[],
  options: { readonly ignoresNamedSubdirs?: boolean } = {},
): readonly ChannelSubdir[] {
  const channels = texts
    .filter((text) => text !== 'nodefaults')
    .flatMap((text) => channelMembers(parseChannel(text, settings), settings));
  const found = new Map<string, ChannelSubdir>();
  for (const [priority, channel] of channels.entries()) {
    for (const subdir of options.ignoresNamedSubdirs === true ? subdirs : channelSubdirs(channel, subdirs)) {
      const url = subdirUrl(channel, subdir);
      if (channel.baseUrl !== '' && !found.has(url)) found.set(url, { channel, subdir, priority });
    }
  }
  return [...found.values()];
}
