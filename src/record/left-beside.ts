import { type Stats, statSync } from 'node:fs';
import path from 'node:path';

import { namesIn } from '../io/names-in.ts';
import { acquireLease, findLeaseHolder, type Lease, sweepLease } from '../io/lease-file.ts';
import { makeDirectories } from '../io/make-directories.ts';
import { removeTreeSync } from '../io/remove-tree.ts';
import { LOCK } from './prefix-files.ts';
import type { PrefixLockOptions } from './prefix-lock.ts';
import { STAGING_SUFFIX } from './staging.ts';
import { explainWriteError } from './write-errors.ts';

/** What a process that is no more left beside environments: one half made, half copied, half removed, or for one run of a program. */
export interface LeftBeside {
  readonly path: string;
  /** Removes it, unless somebody took it up in the meantime. */
  readonly remove: () => Promise<void>;
}

const COPY_SUFFIX = '.tconda-copy';
const REMOVED_SUFFIX = '.tconda-removed';
const REMOVED = /^\..+\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tconda-removed$/;
/** A place whose lease lies beside it, or one of the files of that lease. */
const HELD =
  /^(\..+\.tconda-copy|\.exec-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.lock(?:\.[0-9a-z.]+)?)?$/;

/** Where a copy is made that takes the name `prefix` when it is complete. */
export function copyPlaceOf(prefix: string): string {
  return path.join(path.dirname(prefix), `.${path.basename(prefix)}${COPY_SUFFIX}`);
}

/** What an environment at `prefix` is called while it is removed. */
export function removedPlaceOf(prefix: string, uuid: string): string {
  return path.join(path.dirname(prefix), `.${path.basename(prefix)}.${uuid}${REMOVED_SUFFIX}`);
}

/** Where an environment for one run of a program is. */
export function execPlaceOf(directory: string, uuid: string): string {
  return path.join(directory, `.exec-${uuid}`);
}

/**
 * Takes the lease of a place of {@link copyPlaceOf} or {@link execPlaceOf}. As long as it is held nobody sweeps that up.
 * @throws {TcondaError} `LOCK_TIMEOUT`, `PREFIX_NOT_WRITABLE`, `NO_SPACE`
 */
export async function holdPlace(
  place: string,
  subject: string,
  { lockTimeout, signal }: PrefixLockOptions,
): Promise<Lease> {
  try {
    makeDirectories(path.dirname(place));
    return await acquireLease(`${place}.lock`, {
      subject,
      ...(lockTimeout !== undefined && { timeout: lockTimeout }),
      ...(signal && { signal }),
    });
  } catch (error) {
    throw explainWriteError(place, error);
  }
}

/** What dead processes left in a directory in which environments are. None where it can't be read. */
export async function findLeftBeside(directory: string): Promise<readonly LeftBeside[]> {
  const names = namesIn(directory);
  const removed = names
    .filter((name) => REMOVED.test(name))
    .map((name) => {
      const place = path.join(directory, name);
      return { path: place, remove: () => Promise.resolve(removeTreeSync(place)) };
    });
  const staged = names
    .filter((name) => name.startsWith('.') && name.endsWith(STAGING_SUFFIX))
    .map((name) => path.join(directory, name))
    .map((place) => ({ place, lease: path.join(place, LOCK) }))
    .filter(({ place, lease }) => !isJustMade(place, lease));
  const held = [...new Set(names.flatMap((name) => HELD.exec(name)?.[1] ?? []))]
    .map((name) => path.join(directory, name))
    .map((place) => ({ place, lease: `${place}.lock` }));
  const left: LeftBeside[] = [];
  for (const { place, lease } of [...staged, ...held]) {
    // oxlint-disable-next-line no-await-in-loop -- next to never more than one
    if (await isHeld(lease)) continue;
    left.push({ path: place, remove: () => removeHolding(place, lease) });
  }
  return [...removed, ...left];
}

/** Removes what dead processes left beside `prefix`. What can't be removed stays. */
export async function sweepBeside(prefix: string, except: string): Promise<void> {
  for (const left of await findLeftBeside(path.dirname(prefix))) {
    if (left.path === except) continue;
    try {
      // oxlint-disable-next-line no-await-in-loop
      await left.remove();
    } catch {
      // Another process sweeps too, or nobody may.
    }
  }
}

/** One who lives and has not got his lease yet begins again when he finds its place gone. */
async function isHeld(lease: string): Promise<boolean> {
  const holders = await Promise.all(filesOf(lease).map(findLeaseHolder));
  return holders.some((holder) => holder !== undefined);
}

/** Milliseconds within which one who has made a place for an environment takes the lease in it. */
const GRACE = 10_000;

/** Whether it may be of one who lives and is about to take the lease, and would be made to wait. */
function isJustMade(place: string, lease: string): boolean {
  const isUnnamed = filesOf(lease).every((file) => (statsOf(file)?.size ?? 0) === 0);
  return isUnnamed && Date.now() - (statsOf(place)?.mtimeMs ?? 0) < GRACE;
}

function statsOf(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false });
}

async function removeHolding(place: string, leaseFile: string): Promise<void> {
  makeDirectories(path.dirname(leaseFile));
  const lease = await acquireLease(leaseFile, { timeout: 0 });
  try {
    removeTreeSync(place);
  } finally {
    await lease.release();
  }
  for (const file of filesOf(leaseFile)) {
    // oxlint-disable-next-line no-await-in-loop
    await sweepLease(file);
  }
}

/** The lease itself, and what those left who asked for it. */
function filesOf(lease: string): readonly string[] {
  const directory = path.dirname(lease);
  const name = path.basename(lease);
  return namesIn(directory)
    .filter((other) => other === name || other.startsWith(`${name}.`))
    .map((other) => path.join(directory, other));
}
