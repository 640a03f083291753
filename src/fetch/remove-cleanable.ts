import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';

import type { Cleanable } from './find-cleanable.ts';

/** What went and what could not. */
export interface RemovedCleanables {
  readonly removed: readonly Cleanable[];
  /** What could not be removed, and why. */
  readonly failed: readonly { readonly item: Cleanable; readonly reason: string }[];
}

/**
 * Removes each item. A directory loses its name first, so that nobody finds half a package in its place. One that can't be removed does
 * not keep the others.
 */
export async function removeCleanables(items: readonly Cleanable[]): Promise<RemovedCleanables> {
  const removed: Cleanable[] = [];
  const failed: { readonly item: Cleanable; readonly reason: string }[] = [];
  for (const item of items) {
    const doomed = `${item.path}.${randomBytes(4).toString('hex')}.trash`;
    try {
      if (item.remove === undefined) {
        renameSync(item.path, doomed);
        await rm(doomed, { recursive: true, force: true, maxRetries: 3 });
      } else await item.remove();
      removed.push(item);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') failed.push({ item, reason: code ?? message });
    }
  }
  return { removed, failed };
}
