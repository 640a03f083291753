import { TcondaError } from '../errors.ts';
import { namesOf, placeOfName, placeOfUrl, type ChannelNames } from './channel-names.ts';
import { finishChannel } from './channel-place.ts';
import { hasScheme, isPackageFile, joinUrl, splitChannelUrl, splitSubdir } from './channel-url.ts';
import { isPath, pathToUrl } from './file-url.ts';
import { shorten } from './shorten.ts';
import type { Secret } from './secret.ts';

/** What was written into the text of a channel to open it. */
export interface ChannelCredentials {
  /** Decoded, as they go into an Authorization header. */
  readonly basic?: { readonly user: string; readonly password: Secret };
  /** What stands behind `/t/` in the URL. */
  readonly token?: Secret;
}

/** One channel, or a group of channels under one name. Identity is (location, name); credentials never take part in it. */
export interface Channel {
  /** Empty for a group and for the unknown channel. */
  readonly scheme: string;
  /** Host, port and leading path; for `file` the parent directory. */
  readonly location: string;
  readonly name: string;
  /** What people see: `conda-forge`, or the base URL. */
  readonly canonicalName: string;
  /** Without subdir, final slash and credentials; empty for a group and for the unknown channel. */
  readonly baseUrl: string;
  /** The one subdir that was named with it (`conda-forge/linux-64`); `noarch` goes along. */
  readonly subdir?: string;
  /** The subdirs that were asked for in brackets (`conda-forge[linux-64,noarch]`); no other goes along. */
  readonly onlySubdirs?: readonly string[];
  /** The file of the channel that the text pointed at, usually a package. */
  readonly fileName?: string;
  /** Of a multichannel (`defaults`): the channels it stands for, in order. */
  readonly members?: readonly Channel[];
  readonly credentials?: ChannelCredentials;
}

/** The settings of `.condarc` that say what a channel name means. */
export interface ChannelSettings {
  readonly channelAlias: string;
  /** Name to the URL it is found below: `{ 'pkgs/pro': 'https://repo.anaconda.com' }`. */
  readonly customChannels: ReadonlyMap<string, string>;
  /** Includes `defaults`. */
  readonly customMultichannels: ReadonlyMap<string, readonly string[]>;
  readonly migratedChannelAliases: readonly string[];
  readonly migratedCustomChannels: ReadonlyMap<string, string>;
  /** Platforms that are configured and that nobody else knows. */
  readonly extraSubdirs?: readonly string[];
  /** Where relative paths start, absolute. */
  readonly cwd: string;
  /** What `~` stands for, absolute. */
  readonly home: string;
}

/** Stands in lists for a channel that nobody knows. */
export const UNKNOWN_CHANNEL = '<unknown>';

const UNKNOWN_TEXTS: ReadonlySet<string> = new Set(['', 'None', 'None:///<unknown>', UNKNOWN_CHANNEL]);

/** Platforms in brackets behind anything but the start of a host, which may have brackets of its own. */
const BRACKETS = /^(.*[^:/@])\[([\w\s,|;-]*)\]$/s;

/**
 * What a channel text means under the settings: a name, URL, path or the name of a group. Credentials are split off.
 *
 * @throws {TcondaError} `INVALID_CHANNEL`, with `data.position`, for a name with brackets that hold no platforms
 * @see CEP 26, and the resolution rules of conda 26
 */
export function parseChannel(text: string, settings: ChannelSettings): Channel {
  const brackets = BRACKETS.exec(text);
  if (brackets !== null && !isPackageFile(text)) {
    const onlySubdirs = (brackets[2] ?? '').split(/[,|;\s]+/).filter((subdir) => subdir !== '');
    const channel = parseChannel(brackets[1] ?? '', settings);
    return onlySubdirs.length === 0 ? channel : { ...channel, onlySubdirs };
  }
  if (UNKNOWN_TEXTS.has(text)) return unknownChannel();
  const names = namesOf(settings);
  if (hasScheme(text)) return channelOfUrl(text, names);
  if (isPath(text)) return channelOfUrl(pathToUrl(text, settings), names);
  if (isPackageFile(text)) return channelOfUrl(`https://${text}`, names);
  // Specs may ask for channels by a pattern.
  const bracket = text.search(/[[\]]/);
  if (bracket !== -1 && !/\*|^\^.*\$$/s.test(text)) throw invalidChannel(text, bracket);
  const { rest, subdir } = splitSubdir(text, names.extraSubdirs);
  const members = names.multichannels.get(rest);
  if (members === undefined) return finishChannel({ ...placeOfName(rest, names), subdir }, names);
  return { ...group(rest, members), ...(subdir === undefined ? {} : { subdir }) };
}

/** Without final slash and without credentials. */
export function subdirUrl(channel: Channel, subdir: string): string {
  return joinUrl(channel.baseUrl, subdir);
}

/**
 * The channel's URL with its credentials in it, for the rare outputs that ask for them (`--auth`). Whoever calls this
 * answers for where the text goes.
 *
 * @param rest what follows the base URL: a subdir, a file
 */
export function revealChannelUrl(channel: Channel, ...rest: readonly (string | undefined)[]): string {
  const { basic, token } = channel.credentials ?? {};
  const password = basic?.password.reveal() ?? '';
  const auth =
    basic === undefined
      ? ''
      : `${encodeAuth(basic.user)}${password === '' ? '' : `:${encodeAuth(password)}`}@`;
  const tokenPath = token === undefined ? [] : ['t', token.reveal()];
  return `${channel.scheme}://${auth}${joinUrl(channel.location, ...tokenPath, channel.name, ...rest)}`;
}

/** For a text with a bracket that means nothing, at this position. */
export function invalidChannel(text: string, position: number): TcondaError {
  return new TcondaError('INVALID_CHANNEL', `Invalid channel name: '${shorten(text)}'`, {
    data: { position },
  });
}

function channelOfUrl(url: string, names: ChannelNames): Channel {
  const parts = splitChannelUrl(url, names.extraSubdirs);
  const place = placeOfUrl(parts, names);
  return finishChannel(
    {
      ...place,
      scheme: place.scheme === '' ? 'https' : place.scheme,
      auth: parts.auth ?? place.auth,
      token: parts.token ?? place.token,
      subdir: parts.subdir,
      fileName: parts.fileName,
    },
    names,
  );
}

function group(name: string, members: readonly Channel[]): Channel {
  return { scheme: '', location: '', name, canonicalName: name, baseUrl: '', members };
}

function unknownChannel(): Channel {
  return { scheme: '', location: '', name: UNKNOWN_CHANNEL, canonicalName: UNKNOWN_CHANNEL, baseUrl: '' };
}

function encodeAuth(text: string): string {
  return text.replaceAll(/[%:/@?#[\]\s]/g, (char) => encodeURIComponent(char));
}
