import { isKnownSubdir } from './subdir.ts';

/** A URL taken apart the way conda does before it asks what channel this is. All text, credentials too. */
export interface ChannelUrlParts {
  /** Lowercase; empty when there was none. */
  readonly scheme: string;
  /** `user:password`, percent-encoded as written. */
  readonly auth: string | undefined;
  readonly token: string | undefined;
  readonly subdir: string | undefined;
  readonly fileName: string | undefined;
  /** Lowercase, with port; empty for most `file:` URLs. */
  readonly host: string;
  /** Begins with a slash unless it is empty, never ends with one. */
  readonly path: string;
}

const SCHEME = /^([a-z][a-z0-9]{0,11}):\/\//i;
const TOKEN = /\/t\/([A-Za-z0-9-]*)(?=\/|$)/;
/** Any spelling that a server may hand out; what would not be a token for conda must not end up in a name either. */
const LOOSE_TOKEN = /\/t\/([^/]*)/;
const PACKAGE_FILE = /\/([^/]+(?:\.tar\.bz2|\.conda|\.json|\.json\.zst))$/;

/** Whether the text begins as a URL: `https://`, `file://`. */
export function hasScheme(text: string): boolean {
  return SCHEME.test(text);
}

/** Whether the text ends as the file name of a package does. */
export function isPackageFile(text: string): boolean {
  return text.endsWith('.tar.bz2') || text.endsWith('.conda');
}

/**
 * @param extraSubdirs platforms known besides those that conda knows
 */
export function splitChannelUrl(url: string, extraSubdirs: readonly string[]): ChannelUrlParts {
  const untokened = splitToken(url);
  const unsubdired = splitSubdir(untokened.rest, extraSubdirs);
  const file = PACKAGE_FILE.exec(unsubdired.rest);
  const rest = file === null ? unsubdired.rest : unsubdired.rest.slice(0, file.index);
  const { scheme, auth, host, path } = splitAuthority(rest);
  return { scheme, auth, token: untokened.token, subdir: unsubdired.subdir, fileName: file?.[1], host, path };
}

/** A configured location: scheme, credentials and what remains, `host[:port][/path]` without final slash. */
export function splitLocation(url: string): {
  readonly scheme: string;
  readonly auth: string | undefined;
  readonly token: string | undefined;
  readonly location: string;
} {
  const { rest, token } = splitToken(url);
  if (!hasScheme(rest)) return { scheme: '', auth: undefined, token, location: rest };
  const { scheme, auth, host, path } = splitAuthority(rest);
  return { scheme, auth, token, location: `${host}${path}` };
}

/** Takes a trailing or embedded `/SUBDIR` out of a name or URL. */
export function splitSubdir(
  text: string,
  extraSubdirs: readonly string[],
): { readonly rest: string; readonly subdir: string | undefined } {
  // Segment by segment, as a pattern of all their names takes longer to make than a small command has.
  for (let slash = text.indexOf('/'); slash !== -1;) {
    const next = text.indexOf('/', slash + 1);
    const found = text.slice(slash + 1, next === -1 ? undefined : next);
    if (isSubdir(found, extraSubdirs)) {
      return { rest: trimEnd(text.slice(0, slash) + text.slice(slash + 1 + found.length)), subdir: found };
    }
    slash = next;
  }
  return { rest: trimEnd(text), subdir: undefined };
}

function isSubdir(segment: string, extraSubdirs: readonly string[]): boolean {
  const name = segment.toLowerCase();
  return isKnownSubdir(name) || extraSubdirs.some((subdir) => subdir.toLowerCase() === name);
}

/** The parts joined by single slashes, empty ones left out. A leading slash of the first stays. */
export function joinUrl(...parts: readonly (string | undefined)[]): string {
  const [first = '', ...others] = parts.filter((part) => part !== undefined && part !== '');
  const rest = others.map((part) => trimSlashes(part ?? '')).filter((part) => part !== '');
  const start = first === '/' ? '' : trimEnd(first);
  return rest.length === 0 ? first : [start, ...rest].join('/');
}

/** The text without the slashes at both its ends. */
export function trimSlashes(text: string): string {
  let start = 0;
  while (text[start] === '/') start += 1;
  return trimEnd(text.slice(start));
}

/**
 * Percent-decoding as far as the result still means the same in a URL: `%25`, `%23`, `%3F` and `%2F` stay, and so does
 * what is no UTF-8.
 */
export function decodeUrlText(text: string): string {
  if (!text.includes('%')) return text;
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run.replaceAll(/%(?=25|23|2f|3f)/gi, '%25'));
    } catch {
      return run;
    }
  });
}

function splitToken(url: string): { readonly rest: string; readonly token: string | undefined } {
  const match = TOKEN.exec(url) ?? LOOSE_TOKEN.exec(url);
  if (match === null) return { rest: trimEnd(url), token: undefined };
  const rest = url.slice(0, match.index) + url.slice(match.index + match[0].length);
  return { rest: trimEnd(rest), token: match[1] ?? '' };
}

function splitAuthority(url: string): {
  readonly scheme: string;
  readonly auth: string | undefined;
  readonly host: string;
  readonly path: string;
} {
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase() ?? '';
  let rest = scheme === '' ? url : url.slice(scheme.length + 3);
  if (scheme === 'file') {
    rest = rest.replaceAll('\\', '/');
    // `file:////server/share` and `file://server/share` are the same place; `file:///path` has no server.
    if (rest.startsWith('//')) rest = trimSlashes(rest);
    else if (/^[a-z]:/i.test(rest)) rest = `/${rest}`;
  } else {
    rest = rest.replace(/[?#].*$/s, '');
  }
  const slash = rest.indexOf('/');
  const authority = slash === -1 ? rest : rest.slice(0, slash);
  const path = slash === -1 ? '' : trimEnd(rest.slice(slash));
  const at = authority.lastIndexOf('@');
  return {
    scheme,
    auth: at === -1 ? undefined : authority.slice(0, at),
    host: authority.slice(at + 1).toLowerCase(),
    path,
  };
}

function trimEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}
