import { cpSync, lstatSync, renameSync, rmSync } from 'node:fs';

/**
 * Moves a file, symlink or directory. `to` appears complete or not at all, and `from` goes after; nothing at `from` is no
 * error. Works across file systems, and for directories of an overlay that can't be renamed.
 */
export function moveEntry(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' && lstatSync(from, { throwIfNoEntry: false }) === undefined) return;
    if (code === 'ENOTDIR') return;
    if (code !== 'EXDEV') throw error;
    const beside = `${to}.copy`;
    rmSync(beside, { recursive: true, force: true });
    cpSync(from, beside, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    renameSync(beside, to);
    rmSync(from, { recursive: true, force: true });
  }
}
