import { readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import path from 'node:path';

/**
 * Takes away what python and numba made of sources in a `__pycache__`, half-written files included, and the directory with it
 * unless somebody put something else there.
 */
export function removeBytecode(directory: string): void {
  try {
    for (const name of readdirSync(directory)) {
      if (COMPILED.test(name)) unlinkSync(path.join(directory, name));
    }
    rmdirSync(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['ENOENT', 'ENOTEMPTY', 'ENOTDIR', 'EEXIST', 'EISDIR', 'EPERM'].includes(code)) throw error;
  }
}

/** Python writes under a name with a number behind it first. */
const COMPILED = /\.(?:py[co]|nb[ic])(?:\.\d+)?$/;
