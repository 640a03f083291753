import { createHash, hash } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  linkSync,
  openSync,
  readSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { platform } from 'node:os';

import type { LinkMethod } from './link-method.ts';
import { replacePrefix, type ReplacePrefixOptions } from './prefix-placeholder.ts';

/** Makes `to` a name of the file `from`, or a copy of it with its mode and time. `to` must not be there. */
export function linkFile(from: string, to: string, method: LinkMethod): void {
  if (method === 'hardlink') {
    try {
      linkSync(from, to);
      return;
    } catch (error) {
      // A file may be of another device than the rest, or have as many names as it can.
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (!['EXDEV', 'EMLINK', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)) throw error;
    }
  }
  const stats = statSync(from);
  // A program looks for its libraries from where it really lies.
  if (method === 'softlink' && (stats.mode & 0o111) === 0) {
    symlinkSync(from, to);
    return;
  }
  copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  utimesSync(to, stats.atime, stats.mtime);
}

/** What stands in the prefix after a placeholder was replaced. */
export interface PatchedFile {
  /** Lowercase hex SHA-256. */
  readonly sha256: string;
  readonly isChanged: boolean;
}

export interface PatchFileOptions extends ReplacePrefixOptions {
  /** Signs a changed program of macOS anew. */
  readonly sign?: (content: Buffer) => Buffer;
}

/** Writes `to`, a copy of `from` with the prefix in place of the placeholder and the same mode. `to` must not be there. */
export function patchFile(from: string, to: string, options: PatchFileOptions): PatchedFile {
  const { content, mode } = readWithMode(from);
  const replaced = replacePrefix(content, options);
  const isChanged = replaced !== content;
  const result = isChanged && options.sign !== undefined ? options.sign(replaced) : replaced;
  writeFile(to, result, mode);
  return { sha256: digestOf(result), isChanged };
}

/** Bytes that one call takes: Node has calls that refuse more than 2 GiB. */
const PIECE = 2 ** 30;

function* piecesOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += PIECE) yield content.subarray(at, at + PIECE);
}

function digestOf(content: Buffer): string {
  if (content.length <= PIECE) return hash('sha256', content);
  const digest = createHash('sha256');
  for (const piece of piecesOf(content)) digest.update(piece);
  return digest.digest('hex');
}

/** One look at the file for both. */
function readWithMode(file: string): { readonly content: Buffer; readonly mode: number } {
  const descriptor = openSync(file, 'r');
  try {
    const { size, mode } = fstatSync(descriptor);
    const content = Buffer.allocUnsafe(size);
    let read = 0;
    while (read < size) {
      const count = readSync(descriptor, content, read, Math.min(size - read, PIECE), null);
      if (count === 0) break;
      read += count;
    }
    return { content: content.subarray(0, read), mode: mode & 0o777 };
  } finally {
    closeSync(descriptor);
  }
}

/** Modes that the umask leaves as they are. */
const exactModes = new Set<number>();

/** Windows deletes nothing that may not be written; elsewhere the directory alone decides. */
const MUST_HAVE = platform() === 'win32' ? 0o200 : 0;

/** Writes a new file with exactly this mode. */
export function writeFile(to: string, content: string | Buffer, wanted: number): void {
  const mode = wanted | MUST_HAVE;
  const descriptor = openSync(to, 'wx', mode);
  try {
    if (content.length <= PIECE) writeFileSync(descriptor, content);
    else
      for (const piece of piecesOf(typeof content === 'string' ? Buffer.from(content) : content))
        writeFileSync(descriptor, piece);
    if (exactModes.has(mode)) return;
    if ((fstatSync(descriptor).mode & 0o777) === mode) exactModes.add(mode);
    else fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}
