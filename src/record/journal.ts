import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, statSync } from 'node:fs';
import path from 'node:path';

import type { Journal, JournalPlan } from '../model/journal.ts';
import * as journalFile from './journal-file.ts';
import { moveEntry } from './move-entry.ts';
import type { JournalHeader } from './parse-journal-header.ts';
import { giveName } from './staging.ts';

/** A journal in the hand of the one who holds the lock. */
export interface OpenJournal extends Journal {
  readonly hasBegun: boolean;
  /** What stands in the journal once the change counts. */
  readonly committed: journalFile.FoundJournal | undefined;
  /** The change counts from here on, whatever happens. */
  commit(): void;
}

export interface JournalOptions {
  /** Where the environment lives, and where it is made; see {@link Journal}. */
  readonly prefix: string;
  readonly place: string;
  readonly isNew: boolean;
  /** How many directories of the path of a new prefix were made for it. */
  readonly madeLevels: number;
  /** @throws {TcondaError} `PREFIX_CHANGED` when another process took the lock over */
  readonly checkHeld: () => void;
  /** The prefix has its name by now, and with it all that was at the place. */
  readonly onAppear: () => void;
}

/** The journal of a change that has not begun: on disk is nothing of it before `begin`. */
export function createJournal({
  prefix,
  place: begunAt,
  isNew,
  madeLevels,
  checkHeld,
  onAppear,
}: JournalOptions): OpenJournal {
  let header: JournalHeader | undefined;
  let committed: journalFile.FoundJournal | undefined;
  let place = begunAt;
  const appear = (): void => {
    if (place === prefix) return;
    giveName(place, prefix);
    place = prefix;
    onAppear();
  };
  return {
    prefix,
    get place() {
      return place;
    },
    get scratch() {
      return path.join(place, journalFile.DIRECTORY, 'scratch');
    },
    isNew,
    appear,
    get hasBegun() {
      return header !== undefined;
    },
    get committed() {
      return committed;
    },
    everything: () => entriesOf(place),
    begin(given) {
      if (header !== undefined) throw new Error('a journal begins once');
      checkHeld();
      const history = statSync(path.join(place, journalFile.HISTORY), { throwIfNoEntry: false });
      const written: JournalHeader = {
        version: 1,
        isNew,
        madeLevels,
        ...(history && { historySize: history.size }),
        ...given,
      };
      journalFile.writeJournal(place, written);
      header = written;
    },
    async *clearTheWay() {
      if (header === undefined) throw new Error('the journal has not begun');
      yield* clearTheWay(place, header);
    },
    commit() {
      checkHeld();
      journalFile.commitJournal(place);
      if (header !== undefined) committed = { header, isCommitted: true };
      appear();
    },
  };
}

function entriesOf(prefix: string): readonly string[] {
  const meta = readdirSync(path.join(prefix, 'conda-meta')).filter((name) => !name.startsWith('.tconda'));
  return [
    ...readdirSync(prefix).filter((name) => name !== 'conda-meta'),
    ...meta.map((name) => `conda-meta/${name}`),
  ];
}

/** So many steps are made before control is given back. */
const BATCH = 256;

async function* clearTheWay(prefix: string, plan: JournalPlan): AsyncGenerator<void> {
  for (const [slot, from] of plan.aside.entries()) {
    moveEntry(path.join(prefix, from), journalFile.asidePath(prefix, slot));
    if (slot % BATCH === BATCH - 1) yield;
  }
  for (const replaced of plan.replacedDirectories) rmdirSync(path.join(prefix, replaced));
  for (const made of plan.directories) makeDirectory(path.join(prefix, made));
  yield;
  for (const [from, to] of plan.moved) renameSync(path.join(prefix, from), path.join(prefix, to));
}

/** Where case does not count, two spellings in one plan are one directory. */
function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST' && lstatSync(directory).isDirectory();
    if (!isThere) throw error;
  }
}
