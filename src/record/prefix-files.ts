import { readdirSync, readFileSync, statSync } from 'node:fs';

import { TcondaError } from '../errors.ts';

/** The lease of who changes a prefix, relative to it. */
export const LOCK = 'conda-meta/.tconda.lock';

/** The text of a file; undefined where there is none. @throws {TcondaError} `PREFIX_CORRUPT` */
export function readText(file: string): string | undefined {
  try {
    // A failure to read takes longer to make than this look.
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  } catch {
    // Reading says why.
  }
  return readBytes(file)?.toString('utf8');
}

/** The same as bytes. */
export function readBytes(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw unreadable(file, error);
  }
}

/** The names in a directory; none where it is not there. @throws {TcondaError} `PREFIX_CORRUPT` */
export function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw unreadable(directory, error);
  }
}

function isAbsence(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function unreadable(file: string, error: unknown): TcondaError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return new TcondaError('PREFIX_CORRUPT', `${file} can't be read: ${code}`, {
    cause: error,
    data: { file },
  });
}
