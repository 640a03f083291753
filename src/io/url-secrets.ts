const TOKEN_PATH = /\/t\/(?!<)[^/?#\s"'<>]+/g;
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,15}:\/\/)[^/?#\s"'<>@]*(?:@[^/?#\s"'<>@]*)*@/gi;

/**
 * The URL as it may be written down and shown: without user, password and token, without query, and with a fragment only if
 * that is a digest.
 */
export function stripUrl(url: string): string {
  const [beforeFragment, fragment] = splitOnce(url, '#');
  const [bare] = splitOnce(beforeFragment, '?');
  const stripped = bare.replace(USER_INFO, '$1').replace(TOKEN_PATH, '');
  return fragment !== undefined && /^(?:sha256:|md5:)?[0-9a-f]{32,64}$/i.test(fragment)
    ? `${stripped}#${fragment}`
    : stripped;
}

/** Any text with the secrets of the URLs in it covered: the second net under messages of other programs. */
export function maskUrls(text: string): string {
  return text.replace(USER_INFO, '$1').replace(TOKEN_PATH, '/t/<TOKEN>');
}

/** {@link maskUrls} for what people write into settings: `user:password@host` without a scheme, and passwords with signs that no URL has. */
export function maskSettings(text: string): string {
  return maskUrls(text.replace(LOOSE_USER_INFO, '$1').replace(BARE_USER_INFO, '$1'));
}

/** A user, a colon that no port follows, and all up to the last `@`. */
const LOOSE_USER_INFO = /(:\/\/)[^\s/@:'"]+:(?!\d{1,5}[/?#])[^\s'"]*@/g;
const BARE_USER_INFO = /(^|[\s'"=])[^\s/@:'"]+:[^\s/@'"][^\s@'"]*@(?=[\w[])/g;

function splitOnce(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
