import { TcondaError } from '../errors.ts';
import { stripUrl } from '../io/url-secrets.ts';

/**
 * The directory that a `base_url` (CEP 15) or `shards_base_url` (CEP 16) names, with final slash. Without a base it is the directory
 * of the index. Works for schemes that no standard knows, too (`s3:`).
 *
 * @param from URL of the index file, or of its directory with final slash
 * @throws {TcondaError} `REPODATA_CORRUPT`: it holds a password, or points from a server to the disk
 */
export function resolveBaseUrl(from: string, base: string | undefined): string {
  return checked(from, base, resolve(from, base === undefined || base === '' ? '.' : withSlash(base)));
}

/** As {@link resolveBaseUrl}, as conda does for the `base_url` of shards: a relative one without final slash loses its last part. */
export function resolveShardBaseUrl(from: string, base: string): string {
  const resolved = resolve(from, base === '' ? '.' : base);
  return checked(
    from,
    base,
    hasScheme(base) ? withSlash(resolved) : resolved.slice(0, resolved.lastIndexOf('/') + 1),
  );
}

function checked(from: string, base: string | undefined, resolved: string): string {
  const file = /^file:/i;
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(resolved)) {
    throw new TcondaError(
      'REPODATA_CORRUPT',
      `The base_url of ${stripUrl(from)} holds a user name or password`,
    );
  }
  if (file.test(resolved) && !file.test(from)) {
    throw new TcondaError(
      'REPODATA_CORRUPT',
      `The base_url of ${stripUrl(from)} is on this machine's disk: ${base ?? ''}`,
    );
  }
  return resolved;
}

/** Relative references of RFC 3986, for any scheme. The URL class changes unknown schemes and escapes as it goes. */
function resolve(from: string, reference: string): string {
  if (hasScheme(reference)) return reference;
  const [, scheme = '', authority = '', path = ''] =
    /^([a-z][a-z0-9+.-]*:)\/\/([^/?#]*)([^?#]*)/i.exec(from) ?? [];
  if (reference.startsWith('//')) return `${scheme}${reference}`;
  const target = reference.startsWith('/') ? reference : path.slice(0, path.lastIndexOf('/') + 1) + reference;
  return `${scheme}//${authority}${normalize(target)}`;
}

function normalize(path: string): string {
  const parts: string[] = [];
  const given = path.split('/').slice(1);
  for (const [index, part] of given.entries()) {
    const isLast = index === given.length - 1;
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
    if (isLast && (part === '.' || part === '..')) parts.push('');
  }
  return `/${parts.join('/')}`;
}

function hasScheme(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
