import { TcondaError } from '../errors.ts';
import {
  decodeUrlText,
  hasScheme,
  isPackageFile,
  joinUrl,
  splitChannelUrl,
  splitLocation,
  splitSubdir,
  trimSlashes,
  type ChannelUrlParts,
} from './channel-url.ts';
import { isPath, pathToUrl } from './file-url.ts';
import { Secret } from './secret.ts';

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
const UNKNOWN_CHANNEL = '<unknown>';

const UNKNOWN_TEXTS: ReadonlySet<string> = new Set(['', 'None', 'None:///<unknown>', UNKNOWN_CHANNEL]);
/** Platforms in brackets behind anything but the start of a host, which may have brackets of its own. */
const BRACKETS = /^(.*[^:/@])\[([\w\s,|;-]*)\]$/s;

/**
 * What a channel text means under the settings: a name, URL, path or the name of a group. Credentials are split off.
 *
 * @throws {TcondaError} `INVALID_CHANNEL` for a name with brackets that hold no platforms
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
  if (/[[\]]/.test(text) && !/\*|^\^.*\$$/s.test(text))
    throw new TcondaError('INVALID_CHANNEL', `Invalid channel name: '${text}'`);
  const { rest, subdir } = splitSubdir(text, names.extraSubdirs);
  const members = names.multichannels.get(rest);
  if (members === undefined) return finish({ ...placeOfName(rest, names), subdir }, names);
  return { ...group(rest, members), ...(subdir === undefined ? {} : { subdir }) };
}

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
  if (channel.subdir === undefined) return subdirs;
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

/** Where a channel is, before its canonical name is known. */
interface Place {
  readonly scheme: string;
  readonly auth: string | undefined;
  readonly token: string | undefined;
  readonly location: string;
  readonly name: string;
  readonly subdir?: string | undefined;
  readonly fileName?: string | undefined;
}

/** Settings with every URL in them taken apart, once. */
interface ChannelNames {
  readonly alias: Place;
  readonly migratedAliases: readonly string[];
  /** Members of groups too; longest name first where it matters. */
  readonly custom: ReadonlyMap<string, Place>;
  readonly customLongestFirst: readonly Place[];
  readonly migratedCustom: readonly { readonly name: string; readonly location: string }[];
  readonly multichannels: ReadonlyMap<string, readonly Channel[]>;
  /** Name of a member to the name of its first group. */
  readonly groupOf: ReadonlyMap<string, string>;
  readonly extraSubdirs: readonly string[];
}

const known = new WeakMap<ChannelSettings, ChannelNames>();

function namesOf(settings: ChannelSettings): ChannelNames {
  const found = known.get(settings);
  if (found !== undefined) return found;
  const names = readNames(settings);
  known.set(settings, names);
  return names;
}

function readNames(settings: ChannelSettings): ChannelNames {
  const alias: Place = { ...splitLocation(settings.channelAlias), name: '' };
  const groups = [...settings.customMultichannels].map(
    ([name, urls]) => [name, urls.map((url) => placeOfMember(url, alias, settings))] as const,
  );
  const custom = new Map(groups.flatMap(([, places]) => places.map((place) => [place.name, place] as const)));
  for (const [key, url] of settings.customChannels) {
    const name = trimSlashes(key);
    const split = splitLocation(url);
    custom.set(name, split.scheme === '' ? { ...alias, name } : { ...split, name });
  }
  const groupOf = new Map<string, string>();
  for (const [name, places] of groups) {
    for (const place of places) if (!groupOf.has(place.name)) groupOf.set(place.name, name);
  }
  const names = {
    alias,
    migratedAliases: settings.migratedChannelAliases.map((url) => splitLocation(url).location),
    custom,
    customLongestFirst: [...custom.values()].toSorted((a, b) => b.name.length - a.name.length),
    migratedCustom: [...settings.migratedCustomChannels]
      .map(([name, url]) => ({ name, location: splitLocation(url).location }))
      .toSorted((a, b) => b.name.length - a.name.length),
    groupOf,
    extraSubdirs: settings.extraSubdirs ?? [],
  };
  const bare: ChannelNames = { ...names, multichannels: new Map() };
  return {
    ...names,
    multichannels: new Map(
      groups.map(([name, places]) => [name, places.map((place) => finish(place, bare))]),
    ),
  };
}

/** A member of a group is a URL, a path, or a name below the alias; other settings don't move it. */
function placeOfMember(text: string, alias: Place, settings: ChannelSettings): Place {
  const url = !hasScheme(text) && isPath(text) ? pathToUrl(text, settings) : text;
  const split = splitLocation(url);
  if (split.scheme === '') return { ...alias, name: trimSlashes(text) };
  if (alias.location !== '' && split.location.startsWith(alias.location)) {
    return {
      ...split,
      location: alias.location,
      name: trimSlashes(split.location.slice(alias.location.length)),
    };
  }
  if (split.scheme === 'file') return { ...split, ...splitParent(split.location) };
  const slash = split.location.indexOf('/');
  if (slash === -1) return { ...split, name: '' };
  return {
    ...split,
    location: split.location.slice(0, slash),
    name: trimSlashes(split.location.slice(slash)),
  };
}

/** By the longest leading part of the name that is configured; the name itself stays whole. */
function placeOfName(name: string, names: ChannelNames): Place {
  for (let prefix = name; prefix !== ''; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf('/')))) {
    const found = names.custom.get(prefix);
    if (found !== undefined) return { ...found, name };
  }
  return { ...names.alias, name };
}

function channelOfUrl(url: string, names: ChannelNames): Channel {
  const parts = splitChannelUrl(url, names.extraSubdirs);
  const place = placeOfUrl(parts, names);
  return finish(
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

/** The first rule that knows this URL decides where the location ends and the name begins. */
function placeOfUrl({ scheme, host, path }: ChannelUrlParts, names: ChannelNames): Place {
  const plain = { scheme, auth: undefined, token: undefined };
  if (path === '') return { ...plain, location: host, name: '' };
  const url = `${host}${path}`;
  for (const { name, location } of names.migratedCustom) {
    const old = joinUrl(location, name);
    if (startsWithParts(url, old)) return placeOfName(joinUrl(name, url.slice(old.length)), names);
  }
  for (const alias of names.migratedAliases) {
    if (url.startsWith(alias)) return { ...names.alias, name: trimSlashes(url.slice(alias.length)) };
  }
  for (const channel of names.customLongestFirst) {
    const whole = joinUrl(channel.location, channel.name);
    if (startsWithParts(url, whole)) {
      return { ...channel, scheme, name: joinUrl(channel.name, trimSlashes(url.replace(whole, ''))) };
    }
  }
  const { alias } = names;
  if (alias.location !== '' && startsWithParts(url, alias.location)) {
    return { ...alias, scheme, name: trimSlashes(url.slice(alias.location.length)) };
  }
  if (host === '') return { ...plain, scheme: 'file', ...splitParent(path) };
  const [first = '', ...others] = trimSlashes(path).split('/');
  // Old on-premise servers keep all channels below `/conda`.
  if (first === 'conda') return { ...plain, location: `${host}/conda`, name: others.join('/') };
  return { ...plain, location: host, name: trimSlashes(path) };
}

function splitParent(path: string): { readonly location: string; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return { location: slash <= 0 ? '/' : path.slice(0, slash), name: path.slice(slash + 1) };
}

/** Compares by path components up to the end of the shorter one, as conda does. */
function startsWithParts(text: string, start: string): boolean {
  const parts = text.split('/');
  return start.split('/').every((part, index) => index >= parts.length || parts[index] === part);
}

function finish(place: Place, names: ChannelNames): Channel {
  const name = decodeUrlText(place.name);
  const baseUrl = `${place.scheme}://${joinUrl(place.location, name)}`;
  const credentials = credentialsOf(place);
  return {
    scheme: place.scheme,
    location: place.location,
    name,
    canonicalName: canonicalName(place, name, names) ?? baseUrl,
    baseUrl,
    ...(place.subdir === undefined ? {} : { subdir: place.subdir }),
    ...(place.fileName === undefined ? {} : { fileName: decodeUrlText(place.fileName) }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

function canonicalName({ location }: Place, name: string, names: ChannelNames): string | undefined {
  const groupName = names.groupOf.get(name);
  if (groupName !== undefined) return groupName;
  if (name !== '' && [...names.custom.keys()].some((key) => startsWithParts(name, key))) return name;
  return location === names.alias.location || names.migratedAliases.includes(location) ? name : undefined;
}

function credentialsOf({ auth, token }: Place): ChannelCredentials | undefined {
  if (auth === undefined && token === undefined) return undefined;
  const colon = auth?.indexOf(':') ?? -1;
  const user = auth === undefined || colon === -1 ? auth : auth.slice(0, colon);
  const password = auth === undefined || colon === -1 ? '' : auth.slice(colon + 1);
  return {
    ...(user === undefined
      ? {}
      : { basic: { user: decodeAuth(user), password: new Secret(decodeAuth(password)) } }),
    ...(token === undefined ? {} : { token: new Secret(token) }),
  };
}

function group(name: string, members: readonly Channel[]): Channel {
  return { scheme: '', location: '', name, canonicalName: name, baseUrl: '', members };
}

function unknownChannel(): Channel {
  return { scheme: '', location: '', name: UNKNOWN_CHANNEL, canonicalName: UNKNOWN_CHANNEL, baseUrl: '' };
}

function decodeAuth(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encodeAuth(text: string): string {
  return text.replaceAll(/[%:/@?#[\]\s]/g, (char) => encodeURIComponent(char));
}
