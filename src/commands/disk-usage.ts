import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { type PrefixRecord, prefixRecordPath } from '../model/prefix-record.ts';

/**
 * Bytes that a package takes in its environment, as conda counts them: its record and its files, as large as they were shipped,
 * without symlinks and folders. A file that is linked elsewhere counts in full.
 */
export function packageSize(prefix: string, record: PrefixRecord): number {
  const own = fileSize(path.join(prefix, prefixRecordPath(record)));
  // Of what pip brought, only the names are known.
  if (record.paths_data.paths.length === 0) {
    return record.files.reduce((sum, file) => sum + fileSize(path.join(prefix, file)), own);
  }
  return record.paths_data.paths.reduce(
    (sum, { _path, path_type, size_in_bytes }) =>
      path_type === 'softlink' || path_type === 'directory'
        ? sum
        : sum + (size_in_bytes ?? fileSize(path.join(prefix, _path))),
    own,
  );
}

/** Bytes of what `conda-meta` holds besides the records of packages: the history, say. */
function metadataSize(prefix: string): number {
  const folder = path.join(prefix, 'conda-meta');
  return filesIn(folder)
    .filter((name) => !name.endsWith('.json'))
    .reduce((sum, name) => sum + fileSize(path.join(folder, name)), 0);
}

/** Bytes of an environment: its packages, and what `conda-meta` holds besides. */
export function environmentSize(prefix: string, records: readonly PrefixRecord[]): number {
  return records.reduce((sum, record) => sum + packageSize(prefix, record), metadataSize(prefix));
}

function fileSize(file: string): number {
  return lstatSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
