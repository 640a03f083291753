import { closeSync, fsyncSync, lstatSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** Whether anything stands at this path, a symlink to nowhere included. */
export function isThere(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}

/** So many files are held open at once. */
const BATCH = 64;

/**
 * Makes the contents of files survive a power cut: many at once, which takes little longer than one.
 * @throws the error of the file system; not of one that knows no such thing
 */
export async function syncFiles(files: readonly string[]): Promise<void> {
  for (let start = 0; start < files.length; start += BATCH) {
    // oxlint-disable-next-line no-await-in-loop -- one batch after the other
    await Promise.all(files.slice(start, start + BATCH).map(syncFile));
  }
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(code)) throw error;
  } finally {
    await handle.close();
  }
}

/** Makes the names in a directory survive a power cut, where the system knows how. */
export function syncDirectory(directory: string): void {
  try {
    const handle = openSync(directory, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows opens no directories; there the rename is durable by itself.
  }
}
