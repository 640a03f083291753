import type { Channel } from '../model/channel.ts';
import { Secret } from '../model/secret.ts';
import { findNetrcLogin } from './netrc.ts';
import type { AwsCredentials } from './sigv4.ts';

/** What opens a place. */
export type Credential =
  /** Goes into the path: `/t/TOKEN`, right behind the place it is for. */
  | { readonly kind: 'token'; readonly token: Secret }
  | { readonly kind: 'basic'; readonly user: string; readonly password: Secret }
  | { readonly kind: 'bearer'; readonly token: Secret }
  /** Signs requests for an `s3:` place. */
  | { readonly kind: 's3'; readonly keys: AwsCredentials };

/** A credential, and what it is for. */
export interface CredentialEntry {
  /** What it is for: `https://host[:port][/path]`, `host`, or `*.domain`. A place without scheme is for `https` alone. */
  readonly at: string;
  /** A function is asked once, when a request first needs it; it may have none. */
  readonly credential: Credential | (() => Credential | undefined);
}

/** Where credentials come from, besides URLs. */
export interface CredentialSources {
  /** Of two for the same place the first counts. */
  readonly entries?: readonly CredentialEntry[];
  /** Text of `.netrc`. */
  readonly netrc?: string;
}

/** Knows the credentials of each place and hands one out to nobody else. */
export interface Credentials {
  /**
   * `url` as it is to be sent, with the headers that belong to it. What the URL itself holds (user, password, token) comes before
   * anything configured.
   */
  authorize(url: URL): { readonly url: URL; readonly authorization?: Secret };
  /** What requests for the `s3:` URL are signed with, if that is configured. */
  s3Keys(url: URL): AwsCredentials | undefined;
}

/**
 * The credentials that channels brought along in their URLs, for {@link createCredentials}. A login holds for the channel first, then for
 * its whole server, where a `base_url` may lead.
 */
export function channelCredentials(channels: readonly Channel[]): readonly CredentialEntry[] {
  return channels.flatMap(({ scheme, location, baseUrl, credentials: { token, basic } = {} }) => {
    // Of a place that is none the first request will tell.
    if (!URL.canParse(baseUrl)) return [];
    const entries: CredentialEntry[] = [];
    if (token) entries.push({ at: `${scheme}://${location}`, credential: { kind: 'token', token } });
    if (basic) {
      const credential = { kind: 'basic', ...basic } as const;
      entries.push({ at: baseUrl, credential }, { at: new URL(baseUrl).origin, credential });
    }
    return entries;
  });
}

/** Credentials by place: the longest matching one counts; for the origin as a whole `.netrc` is the last resort. */
export function createCredentials(sources: CredentialSources = {}): Credentials {
  const places = (sources.entries ?? [])
    .map((entry) => ({ find: onceAsked(entry.credential), place: parsePlace(entry.at) }))
    .toSorted((a, b) => b.place.length - a.place.length);
  return {
    authorize(asked) {
      const url = new URL(asked);
      const own = takeUserInfo(url);
      let token: { readonly token: Secret; readonly path: string } | undefined;
      let authorization = own;
      for (const { find, place } of places) {
        if (!place.matches(url)) continue;
        const credential = find();
        if (credential === undefined || credential.kind === 's3') continue;
        if (credential.kind === 'token') token ??= { token: credential.token, path: place.path };
        else authorization ??= formatAuthorization(credential);
      }
      if (token !== undefined && !/\/t\/[^/]+(?:\/|$)/.test(url.pathname)) {
        url.pathname = `${token.path}/t/${token.token.reveal()}${url.pathname.slice(token.path.length)}`;
      } else if (authorization === undefined && sources.netrc !== undefined) {
        const login = findNetrcLogin(sources.netrc, url.hostname);
        if (login) authorization = formatAuthorization({ kind: 'basic', ...login });
      }
      return { url, ...(authorization && { authorization }) };
    },
    s3Keys(url) {
      for (const { find, place } of places) {
        const credential = place.matches(url) ? find() : undefined;
        if (credential?.kind === 's3') return credential.keys;
      }
      return undefined;
    },
  };
}

function onceAsked(credential: CredentialEntry['credential']): () => Credential | undefined {
  if (typeof credential !== 'function') return () => credential;
  let answer: { readonly credential: Credential | undefined } | undefined;
  return () => (answer ??= { credential: credential() }).credential;
}

interface Place {
  /** How exactly it says where. */
  readonly length: number;
  /** Path without final slash. */
  readonly path: string;
  matches(url: URL): boolean;
}

function parsePlace(at: string): Place {
  if (at.startsWith('*.')) {
    const domain = at.slice(1).toLowerCase();
    return {
      length: domain.length,
      path: '',
      matches: (url) => url.protocol === 'https:' && url.hostname.endsWith(domain),
    };
  }
  const target = new URL(at.includes('://') ? at : `https://${at}`);
  const path = target.pathname.replace(/\/+$/, '');
  return {
    length: target.host.length + path.length + 1000,
    path,
    matches: (url) =>
      url.protocol === target.protocol &&
      url.host === target.host &&
      (url.pathname === path || url.pathname.startsWith(`${path}/`)),
  };
}

function takeUserInfo(url: URL): Secret | undefined {
  const { username, password } = url;
  if (username === '' && password === '') return undefined;
  url.username = '';
  url.password = '';
  return formatAuthorization({
    kind: 'basic',
    user: decode(username),
    password: new Secret(decode(password)),
  });
}

function formatAuthorization(credential: Extract<Credential, { kind: 'basic' | 'bearer' }>): Secret {
  if (credential.kind === 'bearer') return new Secret(`Bearer ${credential.token.reveal()}`);
  const pair = Buffer.from(`${credential.user}:${credential.password.reveal()}`);
  return new Secret(`Basic ${pair.toString('base64')}`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
