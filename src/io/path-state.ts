import { closeSync, fsyncSync, lstatSync, openSync } from 'node:fs';

/** Whether anything stands at this path, a symlink to nowhere included. */
export function isThere(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
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
