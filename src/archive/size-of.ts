import { statSync } from 'node:fs';

import { TcondaError } from '../errors.ts';

/** Bytes of a regular file. @throws {TcondaError} `INVALID_ARCHIVE` when it is something else; the system's error when it isn't there */
export function sizeOf(file: string): number {
  const stats = statSync(file);
  if (!stats.isFile()) throw new TcondaError('INVALID_ARCHIVE', `${file}: not a file`);
  return stats.size;
}
