import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { JournalPlan } from '../model/journal.ts';

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

/**
 * The first line of the journal `file`. It is obeyed to the letter, so what no tconda would write is refused: other shapes, and
 * paths that lead out of the prefix.
 * @throws {TcondaError} `PREFIX_CORRUPT`
 */
export function parseJournalHeader(text: string, file: string): JournalHeader {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  if (typeof json !== 'object' || json === null) throw unreadable(file);
  const header: Readonly<Record<string, unknown>> = { ...json };
  const { version } = header;
  if (typeof version === 'number' && version > 1) {
    throw new TcondaError('PREFIX_CORRUPT', `${file} was written by a later version of tconda`, {
      hint: 'Run any command of that version on the environment: it ends the change that was cut off',
      data: { file },
    });
  }
  if (!isHeader(header)) throw unreadable(file);
  return header as unknown as JournalHeader;
}

function unreadable(file: string, cause?: unknown): TcondaError {
  return new TcondaError('PREFIX_CORRUPT', `${file}, which says how to take back a change, can't be read`, {
    cause,
    hint: 'tconda doctor --fix does without it: it links anew what is missing',
    data: { file, isJournal: true },
  });
}

function isHeader(header: Readonly<Record<string, unknown>>): boolean {
  const { version, isNew, madeLevels, historySize, moved } = header;
  return (
    version === 1 &&
    typeof isNew === 'boolean' &&
    isCount(madeLevels) &&
    (historySize === undefined || isCount(historySize)) &&
    LISTS.every((key) => isPaths(header[key])) &&
    Array.isArray(moved) &&
    moved.every((pair) => isPaths(pair) && pair.length === 2)
  );
}

const LISTS = ['aside', 'replacedDirectories', 'directories', 'created', 'emptied'];

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isPaths(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && isInside(name));
}

function isInside(name: string): boolean {
  if (name === '' || name.includes('\0') || path.isAbsolute(name)) return false;
  return path.normalize(name).split(path.sep)[0] !== '..';
}
