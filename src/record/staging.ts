import { readdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { FORSAKEN_AFTER, findLeaseHolder } from '../io/lease-file.ts';
import { isThere, syncDirectory } from '../io/path-state.ts';
import { removeTreeSync } from '../io/remove-tree.ts';

const SUFFIX = '.tconda-new';
/** What file systems allow a name, in bytes. */
const LONGEST_NAME = 255;

/**
 * Where the files of an environment are made: at the prefix, or, when nothing is there yet, in a hidden directory beside it that
 * takes its name when it is complete. All who make the same environment use the same one.
 */
export function placeOf(prefix: string): string {
  if (isThere(prefix)) return prefix;
  const name = `.${path.basename(prefix)}${SUFFIX}`;
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

/** Removes what dead processes left of environments that never got a name, beside `prefix`. */
export async function sweepBeside(prefix: string, lock: string): Promise<void> {
  const directory = path.dirname(prefix);
  for (const name of readdirSync(directory)) {
    if (!name.startsWith('.') || !name.endsWith(SUFFIX)) continue;
    const place = path.join(directory, name);
    // oxlint-disable-next-line no-await-in-loop -- next to never more than one
    if (place !== placeOf(prefix) && (await isLeft(place, lock))) removeTreeSync(place);
  }
}

/** Between its making and its lock it has no holder yet. */
async function isLeft(place: string, lock: string): Promise<boolean> {
  if ((await findLeaseHolder(path.join(place, lock))) !== undefined) return false;
  const found = statSync(place, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > FORSAKEN_AFTER;
}
