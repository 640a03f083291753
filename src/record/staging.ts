import { renameSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { isThere, syncDirectory } from '../io/path-state.ts';

export const STAGING_SUFFIX = '.tconda-new';
/** What file systems allow a name, in bytes. */
const LONGEST_NAME = 255;

/**
 * Where the files of an environment are made: at the prefix, or, when nothing is there yet, in a hidden directory beside it that
 * takes its name when it is complete. All who make the same environment use the same one.
 */
export function placeOf(prefix: string): string {
  if (isThere(prefix)) return prefix;
  const name = `.${path.basename(prefix)}${STAGING_SUFFIX}`;
  return Buffer.byteLength(name) > LONGEST_NAME ? prefix : path.join(path.dirname(prefix), name);
}

/**
 * Gives a new environment its name, by one rename.
 * @throws {TcondaError} `PREFIX_CHANGED` when something stands there by now
 */
export function giveName(place: string, prefix: string): void {
  try {
    renameSync(place, prefix);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (!isThere(prefix) || code === 'ENOENT') throw error;
    throw new TcondaError('PREFIX_CHANGED', `Another process made ${prefix} in the meantime`, {
      cause: error,
    });
  }
  syncDirectory(path.dirname(prefix));
}
