import {
  closeSync,
  constants,
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
import { type JournalHeader, parseJournalHeader } from './parse-journal-header.ts';

/** Where a journal and what belongs to it lies, relative to the prefix. */
export const DIRECTORY = 'conda-meta/.tconda';
export const HISTORY = 'conda-meta/history';
const FILE = 'journal';
export const JOURNAL = `${DIRECTORY}/${FILE}`;
/** Takes up a little room, which is given back when a full disk leaves none for a lock. */
const RESERVE = 'reserve';
/** The line that makes a change count. A part of it counts for nothing. */
const COMMITTED = 'committed\n';

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
  const header = parseJournalHeader(text.slice(0, end), file);
  return { header, isCommitted: text.slice(end + 1) === COMMITTED };
}

/** Whether an error says that a journal is no journal. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof TcondaError && error.data['isJournal'] === true;
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

/**
 * From here on the change counts, through a power cut too.
 * @throws `ENOENT` where the journal is gone: the line alone would be one that nobody can read
 */
export function commitJournal(prefix: string): void {
  const file = openSync(path.join(prefix, DIRECTORY, FILE), constants.O_WRONLY | constants.O_APPEND);
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
