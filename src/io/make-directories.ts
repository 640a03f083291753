import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a directory and those above it, as `mkdirSync` does with `recursive`, which never ends below a directory that takes none
 * and says so with ENOENT, as /proc does.
 * @returns the first that was made; undefined when all were there
 * @throws the error of the file system
 */
export function makeDirectories(directory: string): string | undefined {
  const missing: string[] = [];
  let existing = path.resolve(directory);
  while (statSync(existing, { throwIfNoEntry: false }) === undefined) {
    missing.push(existing);
    existing = path.dirname(existing);
  }
  let first: string | undefined;
  for (const level of missing.toReversed()) {
    try {
      mkdirSync(level);
      first ??= level;
    } catch (error) {
      // Another process makes the same.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return first;
}
