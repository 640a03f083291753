import { lstatSync } from 'node:fs';
import path from 'node:path';

import { hashFileSync } from '../io/hashed-file.ts';
import { LINK_TYPES, type PrefixRecord, prefixRecordPath } from '../model/prefix-record.ts';

/**
 * The files of a package that somebody changed since it was linked: what is younger than the record, and has another digest.
 * @param place where the environment is; absolute
 * @returns paths as the record has them
 */
export function findChanged(place: string, record: PrefixRecord): ReadonlySet<string> {
  const written = lstatSync(path.join(place, prefixRecordPath(record)), NO_THROW)?.mtimeMs;
  const changed = new Set<string>();
  if (written === undefined) return changed;
  const isLinked = record.link?.type === LINK_TYPES.softlink;
  for (const entry of record.paths_data.paths) {
    if (entry.path_type !== 'hardlink' || entry.sha256_in_prefix === undefined) continue;
    const file = `${place}/${entry._path}`;
    const stats = lstatSync(file, NO_THROW);
    if (stats === undefined || stats.isDirectory()) continue;
    if (!stats.isFile()) {
      if (!isLinked) changed.add(entry._path);
    } else if (stats.mtimeMs > written && hashFileSync(file) !== entry.sha256_in_prefix) {
      changed.add(entry._path);
    }
  }
  return changed;
}

const NO_THROW = { throwIfNoEntry: false } as const;
