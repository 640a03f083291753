import { lstatSync, type Stats } from 'node:fs';
import path from 'node:path';

import { hashFileSync } from '../io/hashed-file.ts';
import { LINK_TYPES, type PrefixPath, type PrefixRecord, prefixRecordPath } from '../model/prefix-record.ts';

/**
 * The files of a package that somebody changed since it was linked: what is younger than the record, and is not what the record
 * says by digest, by size or by being a symlink.
 * @param place where the environment is; absolute
 * @returns paths as the record has them
 */
export function findChanged(place: string, record: PrefixRecord): ReadonlySet<string> {
  const written = lstatSync(path.join(place, prefixRecordPath(record)), NO_THROW)?.mtimeMs;
  const changed = new Set<string>();
  if (written === undefined) return changed;
  const isLinked = record.link?.type === LINK_TYPES.softlink;
  for (const entry of record.paths_data.paths) {
    // Compiled python is made anew, and nothing is lost with a directory that is not empty.
    if (entry.path_type === 'directory' || entry.path_type === 'pyc_file') continue;
    const file = `${place}/${entry._path}`;
    const stats = lstatSync(file, NO_THROW);
    if (stats === undefined || stats.isDirectory()) continue;
    const isChanged = stats.isFile()
      ? stats.mtimeMs > written && isOther(file, stats, entry)
      : entry.path_type === 'hardlink' && entry.sha256_in_prefix !== undefined && !isLinked;
    if (isChanged) changed.add(entry._path);
  }
  return changed;
}

const NO_THROW = { throwIfNoEntry: false } as const;

function isOther(file: string, { size }: Stats, entry: PrefixPath): boolean {
  const { sha256_in_prefix: digest, size_in_bytes: recorded, path_type: type } = entry;
  if (digest !== undefined) return hashFileSync(file) !== digest;
  // Of the scripts of commands the size alone is known; of a symlink, that it was none.
  return type === 'softlink' || (type.includes('entry_point') && recorded !== undefined && recorded !== size);
}
