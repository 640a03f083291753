import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { identityOf, isAlive } from './process-identity.mjs';

/**
 * Gives `action` a new folder below `parent` and removes it afterwards, and with it those of processes that were killed.
 * @template T
 * @param {string} parent
 * @param {(folder: string) => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withWorkFolder(parent, action) {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const [, owner] = /^work-(.*)$/.exec(name) ?? [];
    if (owner !== undefined && !isAlive(owner.replace('-', ' '))) {
      rmSync(path.join(parent, name), { recursive: true, force: true });
    }
  }
  const folder = path.join(parent, `work-${identityOf(process.pid).replace(' ', '-')}`);
  mkdirSync(folder);
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
