import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { writeFileAtomicSync } from '../io/atomic-file.ts';
import { syncDirectory } from '../io/path-state.ts';
import type { JournalPlan } from '../model/journal.ts';

/** Where a journal and what belongs to it lies, relative to the prefix. */
export const DIRECTORY = 'conda-meta/.tconda';
export const HISTORY = 'conda-meta/history';
const FILE = 'journal';
/** Takes up a little room, which is given back when a full disk leaves none for a lock. */
const RESERVE = 'reserve';
/** The line that makes a change count. A part of it counts for nothing. */
const COMMITTED = 'committed\n';

/** What a journal file holds in its first line. */
export interface JournalHeader extends JournalPlan {
  readonly version: 1;
  /** Nothing was at the prefix before. */
  readonly isNew: boolean;
  /** How many directories of the path of the prefix were made for it, itself included. */
  readonly madeLevels: number;
  /** Bytes of `conda-meta/history` before; undefined when there was none. */
  readonly historySize?: number;
}

/** What a change that is not done left. */
export interface FoundJournal {
  readonly header: JournalHeader;
  readonly isCommitted: boolean;
}

/** @throws {TcondaError} `PREFIX_CORRUPT` */
export function readJournal(prefix: string): FoundJournal | undefined {
  const file = path.join(prefix, DIRECTORY, FILE);
  let text;
  try {
    // A failure takes longer to make than this look.
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  const end = text.indexOf('\n');
  try {
    const header = JSON.parse(text.slice(0, end)) as JournalHeader;
    if (header.version === 1) return { header, isCommitted: text.slice(end + 1) === COMMITTED };
  } catch (cause) {
    throw new TcondaError('PREFIX_CORRUPT', `${file} can't be read`, { cause });
  }
  throw new TcondaError('PREFIX_CORRUPT', `${file} was written by a later version of tconda`);
}

/** The journal appears complete, and stays so through a power cut. */
export function writeJournal(prefix: string, header: JournalHeader): void {
  const directory = path.join(prefix, DIRECTORY);
  mkdirSync(path.join(directory, 'scratch'), { recursive: true });
  mkdirSync(path.join(directory, 'aside'), { recursive: true });
  writeFileSync(path.join(directory, RESERVE), Buffer.alloc(RESERVED, 1));
  writeFileAtomicSync(path.join(directory, FILE), `${JSON.stringify(header)}\n`, { durable: true });
  syncDirectory(directory);
}

const RESERVED = 16 * 1024;

/** Makes a little room on a full disk, where a change was cut off. Whether there was any. */
export function releaseReserve(prefix: string): boolean {
  try {
    unlinkSync(path.join(prefix, DIRECTORY, RESERVE));
    return true;
  } catch {
    return false;
  }
}

/** From here on the change counts, through a power cut too. */
export function commitJournal(prefix: string): void {
  const file = openSync(path.join(prefix, DIRECTORY, FILE), 'a');
  try {
    writeSync(file, COMMITTED);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Ends a change: nothing of it is to be finished or undone any more. The journal must be there. */
export function deleteJournal(prefix: string): void {
  unlinkSync(path.join(prefix, DIRECTORY, FILE));
}

/** Where entry `slot` of `aside` lies while the change is under way. */
export function asidePath(prefix: string, slot: number): string {
  return path.join(prefix, DIRECTORY, 'aside', String(slot));
}
