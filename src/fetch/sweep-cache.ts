import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';

import { namesIn } from '../io/names-in.ts';
import { isTemporaryName } from '../io/atomic-file.ts';
import { acquireLease, sweepLease } from '../io/lease-file.ts';
import { isWritableCache, OTHER_CHANNELS } from './package-cache.ts';

/**
 * Removes from the caches what processes left that were killed: leases, and directories in which an extraction was under way. What
 * belongs to a process that lives stays, files that were being written for an hour; so do beginnings of downloads, which the next one goes on from. Fails never: who can't
 * remove something leaves it.
 */
export async function sweepCaches(pkgsDirs: readonly string[]): Promise<void> {
  for (const pkgsDir of pkgsDirs) {
    if (!isWritableCache(pkgsDir)) continue;
    await sweep(pkgsDir);
    await sweep(path.join(pkgsDir, 'cache'));
    const others = path.join(pkgsDir, OTHER_CHANNELS);
    for (const name of namesIn(others)) await sweep(path.join(others, name));
  }
}

/** `NAME.tconda-lock`, the lease on clearing it away, and either before it has its name. */
const LEASE = /^.+\.tconda-lock(?:\.[0-9a-z]{4,16})*(?:\.[0-9a-f]{12}\.new)?$/;
/** Where an extraction is under way; the name of the package stands before. */
export const SHELTER = /^(.+)\.[0-9a-f]{12}\.extract$/;

/** Nothing says whose an unfinished file is. */
function isOld(file: string): boolean {
  return Date.now() - statSync(file).mtimeMs > 3_600_000;
}

async function sweep(directory: string): Promise<void> {
  for (const name of namesIn(directory)) {
    const file = path.join(directory, name);
    const [, stem] = SHELTER.exec(name) ?? [];
    try {
      if (stem !== undefined) await sweepShelter(file, path.join(directory, `.${stem}.tconda-lock`));
      else if (LEASE.test(name)) await sweepLease(file);
      else if (isTemporaryName(name) && isOld(file)) await rm(file, { force: true });
    } catch {
      // Another process removes it, or nobody can.
    }
  }
}

/** Whoever extracts holds the lease: once it is ours, nobody does. */
async function sweepShelter(shelter: string, leaseFile: string): Promise<void> {
  const lease = await acquireLease(leaseFile, { timeout: 0 });
  try {
    await rm(shelter, { recursive: true, force: true });
  } finally {
    await lease.release();
  }
}
