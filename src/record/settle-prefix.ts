import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { findLeaseHolder } from '../io/lease-file.ts';
import { isThere } from '../io/path-state.ts';
import type { Report } from '../model/event.ts';
import { DIRECTORY } from './journal-file.ts';
import { LOCK } from './prefix-files.ts';
import { withPrefixHeld } from './prefix-lock.ts';

/**
 * Ends a change that a process which is no more left half done, so that the files are those of the records. Whoever is at work on
 * the environment is left alone, and so is one that we may not write, or that has no room for it: what changes it says so.
 * @throws {TcondaError} `PREFIX_CORRUPT`: the journal can't be read
 */
export async function settlePrefix(prefix: string, report: Report): Promise<void> {
  // Nearly always there is nothing.
  if (![DIRECTORY, LOCK].some((name) => isThere(path.join(prefix, name)))) return;
  if ((await findLeaseHolder(path.join(prefix, LOCK))) !== undefined) return;
  try {
    await withPrefixHeld(prefix, { lockTimeout: 0, report }, () => undefined);
  } catch (error) {
    if (!(error instanceof TcondaError) || !NO_MATTER.has(error.code)) throw error;
  }
}

const NO_MATTER: ReadonlySet<string> = new Set(['LOCK_TIMEOUT', 'NO_SPACE', 'PREFIX_NOT_WRITABLE']);
