import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { isTemporaryName } from '../io/atomic-file.ts';
import { acquireLease, type Lease } from '../io/lease-file.ts';
import { makeDirectories } from '../io/make-directories.ts';
import { isThere } from '../io/path-state.ts';
import type { Report } from '../model/event.ts';
import type { Journal } from '../model/journal.ts';
import { type PrefixData, prefixRecordPath } from '../model/prefix-record.ts';
import { sweepCopyMark } from './copy-mark.ts';
import { createJournal } from './journal.ts';
import { releaseReserve } from './journal-file.ts';
import { sweepBeside } from './left-beside.ts';
import { loadPrefix } from './load-prefix.ts';
import { recordNames } from './prefix-data.ts';
import { LOCK } from './prefix-files.ts';
import { historySize } from './read-history.ts';
import { bringToRest, discardUnnamed, type Recovery, recoverJournal } from './recover-journal.ts';
import { placeOf } from './staging.ts';
import { explainWriteError, isFull } from './write-errors.ts';

export interface PrefixLockOptions {
  /** Milliseconds to wait for another process; without it, as long as it takes. */
  readonly lockTimeout?: number;
  readonly report?: Report;
  readonly signal?: AbortSignal;
}

/**
 * Runs `change` as the only one that changes the prefix, and all of it or nothing: when it returns, what it did is committed,
 * when it throws, the prefix is again what it was. A change that another process left half done is brought to an end first.
 * A prefix that is not there yet is made, and unmade on failure.
 * @throws {TcondaError} `LOCK_TIMEOUT`, `PREFIX_CHANGED` (not what `installed` says any more), `PREFIX_NOT_WRITABLE`
 */
export async function withPrefixLock<T>(
  installed: PrefixData,
  options: PrefixLockOptions,
  change: (journal: Journal) => Promise<T>,
): Promise<T> {
  const { prefix } = installed;
  return await whileLocked(prefix, options, async (made) => {
    await checkUnchanged(installed);
    const isNew = isUnused(made.place);
    const checkHeld = (): void => {
      if (!made.isHeld())
        throw new TcondaError('PREFIX_CHANGED', `${prefix} was taken from under this change`);
    };
    const journal = createJournal({
      prefix,
      place: made.place,
      isNew,
      madeLevels: isNew ? made.levels : 0,
      checkHeld,
      onAppear: () => made.moveTo(prefix),
    });
    try {
      const result = await change(journal);
      options.signal?.throwIfAborted();
      if (journal.hasBegun) journal.commit();
      return result;
    } finally {
      // Whoever has the lock now has ended our change, and may be at one of his own.
      if (made.isHeld()) bringToRest(prefix, made.place, journal.committed, options.report);
    }
  });
}

/**
 * Runs `action`, which needs no journal, while nobody changes the prefix. A change that another process left half done is brought
 * to an end first.
 * @throws {TcondaError} `LOCK_TIMEOUT`, `PREFIX_NOT_WRITABLE`, `NO_SPACE`
 */
export async function withPrefixHeld<T>(
  prefix: string,
  options: PrefixLockOptions,
  action: () => T,
): Promise<T> {
  return await whileLocked(prefix, options, () => Promise.resolve(action()));
}

/**
 * Ends a change that a process which is no more left half done. Without network; only the prefix itself is needed. One whose
 * journal can't be read can be neither undone nor finished: what it had put aside is then saved as far as possible.
 */
export async function recoverPrefix(
  prefix: string,
  options: PrefixLockOptions = {},
): Promise<Recovery['kind']> {
  const action = (made: Made): Promise<Recovery['kind']> => Promise.resolve(made.recovered);
  return await whileLocked(prefix, options, action, { salvages: true });
}

interface Made {
  /** Where the lock is, and all that goes with it. */
  place: string;
  moveTo(place: string): void;
  /** How many directories of the path were made, now or by the change that was undone. */
  levels: number;
  recovered: Recovery['kind'];
  isHeld(): boolean;
}

async function whileLocked<T>(
  prefix: string,
  options: PrefixLockOptions,
  action: (made: Made) => Promise<T>,
  { salvages = false } = {},
): Promise<T> {
  const { lease, levels, place: begunAt } = await acquire(prefix, options);
  const made: Made = {
    place: begunAt,
    moveTo(place) {
      lease.moveTo(path.join(place, LOCK));
      made.place = place;
    },
    levels,
    recovered: 'none',
    isHeld: () => lease.isHeld(),
  };
  try {
    sweepLeft(path.join(begunAt, 'conda-meta'));
    sweepCopyMark(begunAt);
    const recovery = begunAt === prefix ? recoverJournal(prefix, { salvages }) : discardUnnamed(begunAt);
    await sweepBeside(prefix, begunAt);
    made.recovered = recovery.kind;
    // Who salvages says himself what he did.
    const what = salvages ? undefined : WHAT[recovery.kind];
    if (what !== undefined) {
      options.report?.({
        kind: 'message',
        text: `An earlier change of ${prefix} was cut off; it has been ${what}`,
      });
    }
    made.levels = Math.max(levels, recovery.madeLevels);
    return await action(made);
  } catch (error) {
    throw explainWriteError(prefix, error);
  } finally {
    await lease.release();
    removeUnused(made.place, made.levels);
  }
}

const WHAT: Partial<Record<Recovery['kind'], string>> = {
  undone: 'taken back',
  finished: 'brought to its end',
};

async function acquire(
  prefix: string,
  options: PrefixLockOptions,
): Promise<{ readonly lease: Lease; readonly levels: number; readonly place: string }> {
  let levels = 0;
  for (let attempt = 0; ; attempt++) {
    const place = placeOf(prefix);
    try {
      levels = Math.max(levels, countLevels(place, makeDirectories(path.join(place, 'conda-meta'))));
      const lease = await acquireLease(path.join(place, LOCK), {
        subject: `environment ${prefix}`,
        ...(options.lockTimeout !== undefined && { timeout: options.lockTimeout }),
        ...(options.signal && { signal: options.signal }),
        onWait: ({ pid }) =>
          options.report?.({ kind: 'message', text: `Waiting for process ${pid}, which changes ${prefix}` }),
      });
      if (place === prefix || !isThere(prefix)) return { lease, levels, place };
      // It got its name while we waited.
      await lease.release();
      removeUnused(place, levels);
      levels = 0;
    } catch (error) {
      // Who held the lock before us took back a prefix that did not work out, and its directories.
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (isGone && attempt < 100) continue;
      if (isFull(error) && releaseReserve(place)) continue;
      removeUnused(place, levels);
      throw explainWriteError(prefix, error);
    }
  }
}

/**
 * What those left who died while they asked for the lock, or wrote a file under another name. One who lives and asks begins again;
 * who writes holds the lock.
 */
function sweepLeft(meta: string): void {
  for (const name of readdirSync(meta)) {
    if (name.startsWith(`${path.basename(LOCK)}.`) || isTemporaryName(name))
      rmSync(path.join(meta, name), { force: true });
  }
}

/** How many of the directories of `prefix` were missing, given the first that `mkdir` made. */
function countLevels(prefix: string, first: string | undefined): number {
  // An empty `conda-meta` is what is left of one who died before there was a journal.
  if (first === undefined) return isUnused(prefix) ? 1 : 0;
  const below = path.relative(path.dirname(first), prefix);
  return below === '' ? 0 : below.split(path.sep).length;
}

async function checkUnchanged(installed: PrefixData): Promise<void> {
  const { prefix } = installed;
  const records = installed.replaced ?? installed.records;
  const expected = records.map((record) => path.basename(prefixRecordPath(record))).toSorted();
  // Every change adds to the history, also one that ends with the same packages.
  const isSameHistory = installed.historySize === undefined || installed.historySize === historySize(prefix);
  if (isSameHistory && expected.join('\n') === recordNames(prefix).join('\n')) return;
  const now = await loadPrefix(prefix);
  const names = now.records.map((record) => path.basename(prefixRecordPath(record))).toSorted();
  if (isSameHistory && expected.join('\n') === names.join('\n')) return;
  throw new TcondaError('PREFIX_CHANGED', `Another process changed ${prefix} in the meantime`);
}

/** Whether there is nothing in the prefix but what the lock needs. */
function isUnused(prefix: string): boolean {
  if (readdirSync(prefix).some((name) => name !== 'conda-meta')) return false;
  return readdirSync(path.join(prefix, 'conda-meta')).every((name) => name.startsWith('.tconda'));
}

/** Takes back the directories of a prefix that came to nothing. What is not empty stays. */
function removeUnused(prefix: string, levels: number): void {
  try {
    rmdirSync(path.join(prefix, 'conda-meta'));
    let directory = prefix;
    for (let level = 0; level < levels; level++) {
      rmdirSync(directory);
      directory = path.dirname(directory);
    }
  } catch {
    // Something is in it, or someone else removed it.
  }
}
