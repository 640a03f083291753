import { randomUUID } from 'node:crypto';
import { accessSync, constants, lstatSync, realpathSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import { checkWritable, type PrefixLockOptions, removedPlaceOf, withPrefixLock } from '../record/index.ts';

/**
 * Deletes an environment with everything in it, when nobody else is at work on it. It is renamed first, so that nobody meets
 * half of it; what is left of one whose deletion was cut off goes with the next change beside it.
 * @throws {TcondaError} `PREFIX_NOT_WRITABLE`, `LOCK_TIMEOUT`, `PREFIX_CHANGED`
 */
export async function discardEnvironment(installed: PrefixData, options: PrefixLockOptions): Promise<void> {
  const { prefix } = installed;
  // A symlink to it goes with it.
  const real = realpathSync(prefix);
  const doomed = removedPlaceOf(real, randomUUID());
  await withPrefixLock(installed, options, async () => {
    try {
      await rename(real, doomed);
      if (lstatSync(prefix, { throwIfNoEntry: false })?.isSymbolicLink() === true) await rm(prefix);
    } catch (cause) {
      throw new TcondaError('PREFIX_NOT_WRITABLE', `You may not remove ${prefix}`, { cause });
    }
  });
  await rm(doomed, { recursive: true, force: true });
}

/**
 * Makes sure that the environment at `prefix` could be deleted, as far as can be known without trying.
 * @throws {TcondaError} `PREFIX_NOT_WRITABLE`
 */
export function checkDiscardable(prefix: string): void {
  checkWritable(prefix);
  const parent = path.dirname(realpathSync(prefix));
  try {
    accessSync(parent, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new TcondaError('PREFIX_NOT_WRITABLE', `You may not write to ${parent} (${code})`, {
      cause,
      data: { environment_location: prefix },
    });
  }
}
