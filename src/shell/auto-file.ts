import path from 'node:path';

/** What a file that names an environment says. */
export type AutoFile =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'none' };

/** The name of a folder's own file. */
export const AUTO_FILE = '.tconda-env';

/**
 * Reads a `.tconda-env`, or a `.python-version`: the first line that is neither empty nor a comment names an
 * environment. With a slash it is a path, from the file's folder, which only a `.tconda-env` may have.
 * @param file absolute
 */
export function parseAutoFile(file: string, text: string, home: string): AutoFile {
  const line = text
    .split(/\r?\n/)
    .map((one) => one.trim())
    .find((one) => one !== '' && !one.startsWith('#'));
  if (line === undefined) return { kind: 'none' };
  if (!/[\\/]/.test(line) && line !== '.' && line !== '..') return { kind: 'name', name: line };
  if (path.basename(file) !== AUTO_FILE) return { kind: 'none' };
  const given = line.startsWith('~/') ? path.join(home, line.slice(2)) : line;
  return { kind: 'path', path: path.resolve(path.dirname(file), given) };
}
