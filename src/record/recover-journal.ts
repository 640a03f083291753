import { readdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';

import { removeTreeSync } from '../io/remove-tree.ts';
import type { Report } from '../model/event.ts';
import * as journalFile from './journal-file.ts';
import { removeBytecode } from './remove-bytecode.ts';
import { salvageAside } from './salvage-aside.ts';
import { removeContent, undoPlan } from './undo-plan.ts';

/** What was done about a change that was cut off. */
export interface Recovery {
  /** `salvaged`: the journal could not be read, and what lay aside was saved. */
  readonly kind: 'none' | 'undone' | 'finished' | 'salvaged';
  /** Of a new prefix whose change was undone: how many directories of its path were made for it. */
  readonly madeLevels: number;
}

interface RecoverOptions {
  readonly salvages?: boolean;
  /** What stands in the journal, for who wrote it himself. */
  readonly known?: journalFile.FoundJournal;
}

/**
 * Brings a prefix to rest: a change that was committed is cleaned up after, one that was not is undone. Does nothing where
 * there is no journal. Only for who holds the lock; what dies in here may be run again.
 * @throws {TcondaError} `PREFIX_CORRUPT`: the journal can't be read, and is not to be salvaged
 */
export function recoverJournal(prefix: string, { salvages = false, known }: RecoverOptions = {}): Recovery {
  const directory = path.join(prefix, journalFile.DIRECTORY);
  let found;
  try {
    found = known ?? journalFile.readJournal(prefix);
  } catch (error) {
    if (!salvages || !journalFile.isUnreadable(error)) throw error;
    salvageAside(prefix);
    return { kind: 'salvaged', madeLevels: 0 };
  }
  // What lies aside is of an environment; without a journal nobody knows where from, but that is no reason to be rid of it.
  if (found === undefined && hasAside(directory)) {
    salvageAside(prefix);
    return { kind: 'salvaged', madeLevels: 0 };
  }
  if (found?.isCommitted === true) {
    removeTreeSync(path.join(directory, 'aside'));
    for (const emptied of found.header.emptied) removeIfEmpty(path.join(prefix, emptied));
  } else if (found !== undefined) undoPlan(prefix, found.header);
  // The journal first: what is left without it means nothing.
  if (found !== undefined) journalFile.deleteJournal(prefix);
  removeTreeSync(directory);
  if (found === undefined) return { kind: 'none', madeLevels: 0 };
  return {
    kind: found.isCommitted ? 'finished' : 'undone',
    madeLevels: found.isCommitted || !found.header.isNew ? 0 : found.header.madeLevels,
  };
}

/**
 * Tidies up after a change of this process, of whose journal `committed` is known once it counts, or takes it back. A committed
 * change stands, even if its leftovers can't be removed now: the next one tries again.
 */
export function bringToRest(
  prefix: string,
  place: string,
  committed: journalFile.FoundJournal | undefined,
  report: Report | undefined,
): void {
  try {
    if (place === prefix) recoverJournal(prefix, { ...(committed && { known: committed }) });
    else discardUnnamed(place);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report?.({
      kind: 'warning',
      code: 'CLEANUP_FAILED',
      text: `${prefix} could not be tidied up; the next command that changes it tries again: ${reason}`,
    });
  }
}

/** Takes back an environment that never got its name, also one that lacked nothing but that. */
export function discardUnnamed(place: string): Recovery {
  const madeLevels = levelsOf(place);
  removeContent(place);
  removeTreeSync(path.join(place, journalFile.DIRECTORY));
  return madeLevels === undefined ? { kind: 'none', madeLevels: 0 } : { kind: 'undone', madeLevels };
}

/** Nothing there is worth a question, and so none to obey a journal to the letter. */
function levelsOf(place: string): number | undefined {
  try {
    return journalFile.readJournal(place)?.header.madeLevels;
  } catch (error) {
    if (journalFile.isUnreadable(error)) return 0;
    throw error;
  }
}

function hasAside(directory: string): boolean {
  try {
    return readdirSync(path.join(directory, 'aside')).length > 0;
  } catch {
    return false;
  }
}

/** Also when all that is left is python's cache of sources that left. */
function removeIfEmpty(directory: string): void {
  try {
    const left = readdirSync(directory);
    if (left.length === 1 && left[0] === '__pycache__') {
      removeBytecode(path.join(directory, '__pycache__'));
    } else if (left.length > 0) return;
    rmdirSync(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ENOTEMPTY') throw error;
  }
}
