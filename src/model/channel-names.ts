import { finishChannel, startsWithParts } from './channel-place.ts';
import type { Place } from './channel-place.ts';
import { hasScheme, joinUrl, splitLocation, trimSlashes, type ChannelUrlParts } from './channel-url.ts';
import type { Channel, ChannelSettings } from './channel.ts';
import { isPath, pathToUrl } from './file-url.ts';

/** The settings of channels with every URL in them taken apart. */
export interface ChannelNames {
  readonly alias: Place;
  readonly migratedAliases: readonly string[];
  /** Members of groups too; longest name first where it matters. */
  readonly custom: ReadonlyMap<string, Place>;
  readonly customLongestFirst: readonly Place[];
  /** Of how many parts the longest configured name is. */
  readonly maxParts: number;
  readonly migratedCustom: readonly { readonly name: string; readonly location: string }[];
  readonly multichannels: ReadonlyMap<string, readonly Channel[]>;
  /** Name of a member to the name of its first group. */
  readonly groupOf: ReadonlyMap<string, string>;
  readonly extraSubdirs: readonly string[];
}

const known = new WeakMap<ChannelSettings, ChannelNames>();

/** What the settings make of names and URLs; read once for each settings object. */
export function namesOf(settings: ChannelSettings): ChannelNames {
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
    maxParts: Math.max(0, ...[...custom.keys()].map((name) => name.split('/').length)),
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
      groups.map(([name, places]) => [name, places.map((place) => finishChannel(place, bare))]),
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
export function placeOfName(name: string, names: ChannelNames): Place {
  const parts = name.split('/', names.maxParts + 1);
  for (let count = Math.min(parts.length, names.maxParts); count > 0; count -= 1) {
    const found = names.custom.get(parts.slice(0, count).join('/'));
    if (found !== undefined) return { ...found, name };
  }
  return { ...names.alias, name };
}

/** The first rule that knows this URL decides where the location ends and the name begins. */
export function placeOfUrl({ scheme, host, path }: ChannelUrlParts, names: ChannelNames): Place {
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
