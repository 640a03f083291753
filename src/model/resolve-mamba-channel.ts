import { joinUrl, splitChannelUrl, trimSlashes } from './channel-url.ts';
import { parseMambaChannel, type MambaChannel } from './mamba-channel.ts';

/** What gives a {@link MambaChannel} its meaning. */
export interface MambaChannelSettings {
  readonly platforms: readonly string[];
  readonly channelAlias: string;
  /** Absolute. */
  readonly home: string;
  /** Absolute. */
  readonly cwd: string;
  readonly customChannels: ReadonlyMap<string, string>;
  readonly customMultichannels: ReadonlyMap<string, readonly string[]>;
  /** By `host` or `host/path`. */
  readonly credentials: ReadonlyMap<
    string,
    { readonly token?: string; readonly user?: string; readonly password?: string; readonly bearer?: string }
  >;
}

/** One channel that can be asked for files. */
export interface ResolvedMambaChannel {
  /** With credentials, ready for requests: not for people. */
  readonly url: string;
  readonly displayName: string;
  readonly id: string;
  readonly platforms: readonly string[];
  /** With credentials; of a package the one URL of its own. */
  readonly platformUrls: readonly string[];
  readonly isPackage: boolean;
}

/** The channels that are meant: several for a name of a group, else one. */
export function resolveMambaChannel(
  channel: MambaChannel,
  settings: MambaChannelSettings,
): readonly ResolvedMambaChannel[] {
  const { kind, location } = channel;
  const platforms = channel.platforms.length === 0 ? settings.platforms : channel.platforms;
  switch (kind) {
    case 'unknown':
      return [
        {
          url: 'https://localhost/',
          displayName: location,
          id: location,
          platforms: [],
          platformUrls: [],
          isPackage: false,
        },
      ];
    case 'name':
      return resolveName(location, platforms, settings);
    case 'url':
    case 'package_url': {
      const place = splitPlace(location);
      const shown = formatPlace({ ...place, auth: undefined, token: undefined });
      const name = kind === 'url' ? nameBelow(settings.channelAlias, shown) : undefined;
      return [finish(place, name ?? shown, { platforms, isPackage: kind === 'package_url', settings })];
    }
    case 'path':
    case 'package_path': {
      const path = absolutePath(location, settings);
      const url = `file://${encodePath(path)}`;
      const id = `file://${path}`;
      const displayName = location.startsWith('file:') && location.endsWith('/') ? `${id}/` : id;
      const isPackage = kind === 'package_path';
      return [
        {
          url,
          displayName,
          id,
          platforms: isPackage ? [] : platforms,
          platformUrls: isPackage ? [url] : platforms.map((platform) => `${url}/${platform}`),
          isPackage,
        },
      ];
    }
  }
}

function resolveName(
  name: string,
  platforms: readonly string[],
  settings: MambaChannelSettings,
): readonly ResolvedMambaChannel[] {
  const members = settings.customMultichannels.get(name);
  if (members !== undefined) {
    const none = new Map<string, readonly string[]>();
    return members.flatMap((member) =>
      resolveMambaChannel(
        { ...parseMambaChannel(member), platforms },
        { ...settings, customMultichannels: none },
      ),
    );
  }
  const parts = name.split('/');
  const key = parts
    .map((_, index) => parts.slice(0, parts.length - index).join('/'))
    .find((prefix) => settings.customChannels.has(prefix));
  const base = (key === undefined ? undefined : settings.customChannels.get(key)) ?? settings.channelAlias;
  const place = splitPlace(base);
  const path = joinUrl('', place.path, encodePath(trimSlashes(name)));
  return [
    finish({ ...place, path: `/${trimSlashes(path)}` }, name, { platforms, isPackage: false, settings }),
  ];
}

/** A URL as mamba takes it apart: a token only at the start of the path. */
interface Place {
  readonly scheme: string;
  readonly auth: string | undefined;
  readonly token: string | undefined;
  readonly host: string;
  readonly path: string;
}

function splitPlace(url: string): Place {
  const scheme = url.slice(0, url.indexOf('://')).toLowerCase();
  const afterScheme = url.slice(scheme.length + 3);
  const slash = afterScheme.indexOf('/');
  const authority = slash === -1 ? afterScheme : afterScheme.slice(0, slash);
  const rest = slash === -1 ? '' : afterScheme.slice(slash).replace(/\/+$/, '');
  const [tokenPath = '', token] = /^\/t\/([A-Za-z0-9_-]+)(?=\/|$)/.exec(rest) ?? [];
  const at = authority.lastIndexOf('@');
  const { host } = splitChannelUrl(`${scheme}://${authority.slice(at + 1)}`, []);
  return {
    scheme,
    auth: at === -1 ? undefined : authority.slice(0, at),
    token,
    host,
    path: rest.slice(tokenPath.length),
  };
}

function formatPlace({ scheme, auth, token, host, path }: Place): string {
  const user = auth === undefined ? '' : `${auth}@`;
  return `${scheme}://${user}${host}${token === undefined ? '' : `/t/${token}`}${path}`;
}

function finish(
  place: Place,
  name: string,
  options: {
    readonly platforms: readonly string[];
    readonly isPackage: boolean;
    readonly settings: MambaChannelSettings;
  },
): ResolvedMambaChannel {
  const { platforms, isPackage, settings } = options;
  const base = formatPlace(withCredentials(place, settings));
  const url = place.path === '' ? `${base}/` : base;
  const displayName = decode(name);
  return {
    url,
    displayName,
    id: displayName.replace(/\/+$/, ''),
    platforms: isPackage ? [] : platforms,
    platformUrls: isPackage ? [url] : platforms.map((platform) => `${base}/${platform}`),
    isPackage,
  };
}

/** Those of the longest part of the place that has any; what the URL itself says goes before. */
function withCredentials(place: Place, { credentials }: MambaChannelSettings): Place {
  const parts = `${place.host}${place.path}`.split('/');
  const found = parts
    .map((_, index) => credentials.get(parts.slice(0, parts.length - index).join('/')))
    .find((one) => one !== undefined);
  const auth = found?.user === undefined ? undefined : `${found.user}:${found.password ?? ''}`;
  return { ...place, auth: place.auth ?? auth, token: place.token ?? found?.token };
}

function nameBelow(alias: string, url: string): string | undefined {
  const base = alias.replace(/\/+$/, '');
  return url.startsWith(`${base}/`) ? url.slice(base.length + 1) : undefined;
}

function absolutePath(location: string, { home, cwd }: MambaChannelSettings): string {
  if (location.startsWith('file:')) {
    const path = decode(location.replace(/^file:\/{2}/, '')).replace(/(?<=.)\/+$/, '');
    const drive = /^\/*([a-z]:.*)$/is.exec(path)?.[1];
    return drive === undefined ? path : `//${drive}`;
  }
  const absolute = location.startsWith('~')
    ? home + location.slice(1)
    : location.startsWith('/')
      ? location
      : `${cwd}/${location}`;
  const parts: string[] = [];
  for (const part of absolute.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function encodePath(path: string): string {
  const encoded = path.split('/').map((part) => encodeURIComponent(decode(part)));
  // A drive behind two slashes is the system's, not a folder's name.
  return encoded.join('/').replace(/^(\/\/[a-z])%3A(?=\/|$)/i, '$1:');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
