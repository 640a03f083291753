import { lstatSync, rmSync } from 'node:fs';
import path from 'node:path';

import { loadPackageInfo } from '../archive/index.ts';
import { hashFileSync } from '../io/hashed-file.ts';
import type { PathEntry } from '../model/package-info.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { findExtracted } from './package-cache.ts';

/**
 * Looks at the packages of `records` that lie open in the caches, each file of them, and takes the mark of completeness from those
 * that are not as they came: a file that was linked into an environment and changed there has changed here too. They are then
 * extracted anew when they are wanted.
 * @returns the records of those
 * @throws the error of the file system, where a cache can't be written
 */
export function discardDamaged<T extends RepoDataRecord>(
  records: readonly T[],
  pkgsDirs: readonly string[],
): readonly T[] {
  return records.filter((record) => {
    const found = findExtracted(pkgsDirs, record);
    if (found === undefined || isWhole(found.slot.directory)) return false;
    rmSync(path.join(found.slot.directory, 'info', 'repodata_record.json'), { force: true });
    return true;
  });
}

function isWhole(directory: string): boolean {
  try {
    return loadPackageInfo(directory).paths.paths.every((entry) => isAsShipped(directory, entry));
  } catch {
    return false;
  }
}

function isAsShipped(directory: string, { _path, path_type, sha256, size_in_bytes }: PathEntry): boolean {
  if (path_type === 'directory') return true;
  const file = path.join(directory, _path);
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() !== true || path_type === 'softlink') return stats !== undefined;
  if (size_in_bytes !== undefined && stats.size !== size_in_bytes) return false;
  return sha256 === undefined || hashFileSync(file) === sha256;
}
