import { type Stats, statSync } from 'node:fs';

import { TcondaError } from '../errors.ts';

/** Bytes of a regular file. @throws {TcondaError} `INVALID_ARCHIVE` when there is none; the system's error when it can't be told */
export function sizeOf(file: string): number {
  const stats = findStats(file);
  if (stats === undefined) throw new TcondaError('INVALID_ARCHIVE', `${file}: no such file`);
  if (!stats.isFile()) throw new TcondaError('INVALID_ARCHIVE', `${file}: not a file`);
  return stats.size;
}

function findStats(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
