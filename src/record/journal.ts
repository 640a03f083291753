import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

import { removeTreeSync } from '../io/remove-tree.ts';
import type { Journal, JournalPlan } from '../model/journal.ts';
import * as journalFile from './journal-file.ts';
import { moveEntry } from './move-entry.ts';
import { giveName } from './staging.ts';
import { removeContent, undoPlan } from './undo-plan.ts';

/** A journal in the hand of the one who holds the lock. */
export interface OpenJournal extends Journal {
  readonly hasBegun: boolean;
  /** The change counts from here on, whatever happens. */
  commit(): void;
}

/** How the records were before the change that is under way. */
export interface BeforeImage {
  readonly isNew: boolean;
  readonly historySize: number | undefined;
  /** File names in `conda-meta/`. */
  readonly recordNames: readonly string[];
  /** Where the record of this file name lies now. */
  locate(name: string): string;
  /** Whether the change makes the file or directory of this path. */
  isMade(name: string): boolean;
}

export interface JournalOptions {
  /** Where the environment lives, and where it is made; see {@link Journal}. */
  readonly prefix: string;
  readonly place: string;
  readonly isNew: boolean;
  /** How many directories of the path of a new prefix were made for it. */
  readonly madeLevels: number;
  /** The prefix has its name by now, and with it all that was at the place. */
  readonly onAppear: () => void;
}

/** The journal of a change that has not begun: on disk is nothing of it before `begin`. */
export function createJournal({
  prefix,
  place: begunAt,
  isNew,
  madeLevels,
  onAppear,
}: JournalOptions): OpenJournal {
  let plan: JournalPlan | undefined;
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
      return plan !== undefined;
    },
    everything: () => entriesOf(place),
    begin(given) {
      if (plan !== undefined) throw new Error('a journal begins once');
      const history = statSync(path.join(place, journalFile.HISTORY), { throwIfNoEntry: false });
      journalFile.writeJournal(place, {
        version: 1,
        isNew,
        madeLevels,
        ...(history && { historySize: history.size }),
        ...given,
      });
      plan = given;
    },
    async *clearTheWay() {
      if (plan === undefined) throw new Error('the journal has not begun');
      yield* clearTheWay(place, plan);
    },
    commit() {
      journalFile.commitJournal(place);
      appear();
    },
  };
}

/** What was done about a change that was cut off. */
export interface Recovery {
  readonly kind: 'none' | 'undone' | 'finished';
  /** Of a new prefix whose change was undone: how many directories of its path were made for it. */
  readonly madeLevels: number;
}

/**
 * Brings a prefix to rest: a change that was committed is cleaned up after, one that was not is undone. Does nothing where
 * there is no journal. Only for who holds the lock; what dies in here may be run again.
 */
export function recoverJournal(prefix: string): Recovery {
  const directory = path.join(prefix, journalFile.DIRECTORY);
  const found = journalFile.readJournal(prefix);
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

/** Takes back an environment that never got its name, also one that lacked nothing but that. */
export function discardUnnamed(place: string): Recovery {
  const found = journalFile.readJournal(place);
  removeContent(place);
  removeTreeSync(path.join(place, journalFile.DIRECTORY));
  return found === undefined
    ? { kind: 'none', madeLevels: 0 }
    : { kind: 'undone', madeLevels: found.header.madeLevels };
}

/** Undefined when no change is under way, or when it is committed. */
export function findBeforeImage(prefix: string): BeforeImage | undefined {
  const found = journalFile.readJournal(prefix);
  if (found === undefined || found.isCommitted) return undefined;
  const { header } = found;
  const meta = path.join(prefix, 'conda-meta');
  const aside = new Map(header.aside.map((name, slot) => [name, journalFile.asidePath(prefix, slot)]));
  const created = new Set(header.created);
  const names = new Set(readdirSync(meta).filter((name) => !created.has(`conda-meta/${name}`)));
  for (const name of aside.keys()) {
    if (name.startsWith('conda-meta/')) names.add(name.slice('conda-meta/'.length));
  }
  return {
    isNew: header.isNew,
    historySize: header.historySize,
    recordNames: [...names].filter((name) => name.endsWith('.json')),
    isMade: (name) => created.has(name) || header.directories.includes(name),
    locate(name) {
      const moved = aside.get(`conda-meta/${name}`);
      return moved !== undefined && existsSync(moved) ? moved : path.join(meta, name);
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
  for (const made of plan.directories) mkdirSync(path.join(prefix, made));
  yield;
  for (const [from, to] of plan.moved) renameSync(path.join(prefix, from), path.join(prefix, to));
}

/** Also when all that is left is python's cache of sources that left. */
function removeIfEmpty(directory: string): void {
  try {
    const left = readdirSync(directory);
    if (left.length === 1 && left[0] === '__pycache__') {
      rmSync(path.join(directory, '__pycache__'), { recursive: true, force: true });
    } else if (left.length > 0) return;
    rmdirSync(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ENOTEMPTY') throw error;
  }
}
