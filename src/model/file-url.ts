import path from 'node:path';

/**
 * Whether a text is a path and not a name: it begins like one on any system (`./x`, `..`, `~`, `/x`, `C:\x`, `\\server`).
 */
export function isPath(text: string): boolean {
  return /^(?:\.{1,2}$|\.\/|\.\\|\.\.|~|\/|\\\\|[a-z]:[/\\])/i.test(text);
}

/**
 * The `file:` URL of a path, absolute and without `.` and `..`. Spaces and letters beyond ASCII stay readable; `%`, `#`
 * and `?` are encoded, since they mean something else in a URL.
 *
 * @param from where a relative path and a `~` start; absolute directories
 */
export function pathToUrl(text: string, from: { readonly cwd: string; readonly home: string }): string {
  if (/^file:\//i.test(text)) return text;
  return `file://${encodePath(absolutePath(text, from))}`;
}

function absolutePath(text: string, { cwd, home }: { readonly cwd: string; readonly home: string }): string {
  if (text.startsWith('\\\\')) return `//${slashed(text).replace(/^\/+/, '')}`;
  if (/^[a-z]:[/\\]/i.test(text)) return `/${path.posix.normalize(slashed(text))}`;
  const isWindows = /^[a-z]:[/\\]/i.test(cwd);
  const local = isWindows ? slashed(text) : text;
  const base = isWindows ? `/${slashed(cwd)}` : cwd;
  if (local === '~' || local.startsWith('~/')) {
    return path.posix.resolve(isWindows ? `/${slashed(home)}` : home, local.slice(2));
  }
  return path.posix.resolve(base, local);
}

function encodePath(text: string): string {
  return text.replaceAll(/[%#?]/g, (char) => encodeURIComponent(char));
}

function slashed(text: string): string {
  return text.replaceAll('\\', '/');
}
