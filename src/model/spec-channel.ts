import { splitLocation } from './channel-url.ts';
import { parseChannel } from './channel.ts';
import type { Channel, ChannelSettings } from './channel.ts';
import { MatchSpecError } from './match-spec-error.ts';
import { matchesPattern, parseStringPattern } from './string-pattern.ts';
import type { StringPattern } from './string-pattern.ts';

/** The channel that a spec names. `text` is how the canonical form writes it. */
export type SpecChannel =
  | { readonly kind: 'pattern'; readonly text: string; readonly pattern: StringPattern }
  /** Known by its name, below the alias or configured: `conda-forge`, `defaults`. */
  | { readonly kind: 'name'; readonly text: string; readonly channel: Channel }
  /** Anywhere else: two hosts with the same path are two channels. */
  | { readonly kind: 'url'; readonly text: string; readonly channel: Channel };

/** What conda takes the names of channels to mean when nothing is configured. */
export const DEFAULT_CHANNEL_SETTINGS: ChannelSettings = {
  channelAlias: 'https://conda.anaconda.org',
  customChannels: new Map([['pkgs/pro', 'https://repo.anaconda.com']]),
  customMultichannels: new Map([
    [
      'defaults',
      [
        'https://repo.anaconda.com/pkgs/main',
        'https://repo.anaconda.com/pkgs/r',
        'https://repo.anaconda.com/pkgs/msys2',
      ],
    ],
    ['local', []],
  ]),
  migratedChannelAliases: [],
  migratedCustomChannels: new Map(),
  cwd: '/',
  home: '/',
};

/** Longer than any URL that servers take. */
const MAX_LENGTH = 4096;

/**
 * Reads the channel part of a spec, `channel[/subdir]`.
 * @throws {MatchSpecError | RegexError} when it is too long, or a regular expression that can't be used
 */
export function parseSpecChannel(
  text: string,
  settings: ChannelSettings,
): { readonly channel: SpecChannel; readonly subdir: string | undefined } {
  if (text.length > MAX_LENGTH) throw new MatchSpecError('the channel is too long', 0);
  const parsed = parseChannel(withoutQuery(text), settings);
  const { name } = parsed;
  if (name.includes('*') || (name.startsWith('^') && name.endsWith('$'))) {
    return {
      channel: { kind: 'pattern', text: name, pattern: parseStringPattern(name) },
      subdir: parsed.subdir,
    };
  }
  const isNamed = !isForeignUrl(text, parsed, settings);
  return {
    channel: specChannelOf(parsed, isNamed ? parsed.canonicalName : parsed.baseUrl),
    subdir: parsed.subdir,
  };
}

/** No query and fragment, and no slash before a filter of platforms: `https://h.org/c/[noarch]`. */
function withoutQuery(text: string): string {
  const plain = text.includes('://') ? text.replace(/[?#].*$/s, '') : text;
  const open = plain.endsWith(']') ? plain.lastIndexOf('[') : -1;
  const isAfterSlash = open > 1 && plain[open - 1] === '/' && plain[open - 2] !== '/';
  return isAfterSlash ? `${plain.slice(0, open - 1)}${plain.slice(open)}` : plain;
}

/** `shown` is the canonical name or the base URL; it decides which of the two records are compared with. */
export function specChannelOf(channel: Channel, shown: string): SpecChannel {
  const filter = channel.onlySubdirs === undefined ? '' : `[${channel.onlySubdirs.join(',')}]`;
  const { subdir: _, fileName: __, ...place } = channel;
  return { kind: shown === channel.baseUrl ? 'url' : 'name', text: `${shown}${filter}`, channel: place };
}

/** By the channel's name as it is seen or as it is in its URL; a URL off the alias only by itself. */
export function matchesSpecChannel(
  spec: SpecChannel,
  record: { readonly channel?: string; readonly schannel?: string; readonly subdir?: string },
): boolean {
  if (spec.text === '*') return true;
  if (record.channel === undefined) return false;
  const schannel = record.schannel ?? record.channel;
  switch (spec.kind) {
    case 'pattern':
      return matchesPattern(spec.pattern, schannel);
    case 'url':
      return spec.channel.baseUrl === record.channel && isSubdirWanted(spec.channel, record.subdir);
    case 'name':
      if (!isSubdirWanted(spec.channel, record.subdir)) return false;
      return spec.channel.canonicalName === schannel || spec.channel.canonicalName === pathOf(record.channel);
  }
}

function isSubdirWanted({ onlySubdirs }: Channel, subdir: string | undefined): boolean {
  return onlySubdirs === undefined || (subdir !== undefined && onlySubdirs.includes(subdir));
}

/** `https://repo.anaconda.com/pkgs/main` is another name than `pkgs/main`, unless the alias leads there. */
function isForeignUrl(text: string, parsed: Channel, settings: ChannelSettings): boolean {
  if (!text.includes('://')) return false;
  return parsed.location !== splitLocation(settings.channelAlias).location;
}

function pathOf(url: string): string | undefined {
  const host = url.indexOf('://');
  const slash = host === -1 ? -1 : url.indexOf('/', host + 3);
  return slash === -1 ? undefined : url.slice(slash + 1);
}
