import { mkdirSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';

/** Of the kernel's view of its processes, below which no directory can be made. */
const PROC_FILE_SYSTEM = 0x9fa0;

/**
 * Makes a directory and those above it, as `mkdirSync` does with `recursive`, which below /proc never comes to an end.
 * @returns the first that was made; undefined when all were there
 * @throws the error of the file system
 */
export function makeDirectories(directory: string): string | undefined {
  let existing = path.resolve(directory);
  while (statSync(existing, { throwIfNoEntry: false }) === undefined) existing = path.dirname(existing);
  // Says at once why not.
  if (statfsSync(existing).type === PROC_FILE_SYSTEM) mkdirSync(directory);
  return mkdirSync(directory, { recursive: true });
}
