import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** A file that may be handed out, as it is now. */
export interface ServedFile {
  readonly path: string;
  readonly size: number;
  readonly mtime: Date;
  readonly etag: string;
}

/**
 * The file below `root` that a URL's path means; undefined when there is none that may be seen. Hidden files are not, and links lead
 * nowhere outside.
 *
 * @param root absolute, links resolved
 * @param urlPath percent-encoded, begins with `/`
 */
export async function findServedFile(root: string, urlPath: string): Promise<ServedFile | undefined> {
  const parts = splitUrlPath(urlPath);
  if (parts === undefined) return undefined;
  try {
    const file = await realpath(path.join(root, ...parts));
    if (file !== root && !file.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) return undefined;
    const stats = await stat(file, { bigint: true });
    if (!stats.isFile()) return undefined;
    return {
      path: file,
      size: Number(stats.size),
      mtime: stats.mtime,
      etag: `"${stats.size.toString(16)}-${stats.mtimeNs.toString(16)}"`,
    };
  } catch {
    return undefined;
  }
}

/** The components of a URL's path; undefined when they could mean anything but a visible file below the root. */
export function splitUrlPath(urlPath: string): readonly string[] | undefined {
  let parts;
  try {
    parts = urlPath.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
  // oxlint-disable-next-line no-control-regex -- NUL and its like are what is looked for
  const isBad = parts.some((part) => part === '' || part.startsWith('.') || /[\\/\u0000-\u001f]/.test(part));
  return isBad ? undefined : parts;
}
