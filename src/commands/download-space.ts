import { statfsSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { RepoDataRecord } from '../model/package-record.ts';

/**
 * Makes sure that what is to be downloaded fits into one of the package caches, as far as its size is known.
 * @throws {TcondaError} `NO_SPACE`
 */
export function checkDownloadSpace(records: readonly RepoDataRecord[], pkgsDirs: readonly string[]): void {
  const needed = records.reduce((sum, { size = 0 }) => sum + size, 0);
  if (needed === 0) return;
  const places = pkgsDirs.map((directory) => ({ directory, free: freeBytes(directory) }));
  const best = places.toSorted((left, right) => right.free - left.free)[0];
  if (best === undefined || needed <= best.free) return;
  const text = `${best.directory}: ${needed} bytes are to be downloaded, and ${best.free} are free`;
  throw new TcondaError('NO_SPACE', text);
}

/** Of the file system that a directory is on, or will be; without bounds where the system does not say. */
function freeBytes(directory: string): number {
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    try {
      const { bavail, bsize } = statfsSync(at);
      return bavail * bsize;
    } catch {
      if (path.dirname(at) === at) return Infinity;
    }
  }
}
