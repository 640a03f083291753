import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { identityOf, isAlive } from './process-identity.mjs';

const LOOK_MS = 200;
/** So long it may take from making a lock to writing into it. */
const NAMELESS_MS = 5000;

/**
 * Does `action` while no other process holds the lock `file`: waits for one that does, and takes the lock of one that was killed.
 * Processes that `action` hands to `hold` keep the lock, too: they may live on when this one is killed. Where nothing can be written
 * there is nothing to lock.
 * @template T
 * @param {string} file
 * @param {{ onWait: (owner: string) => void, action: (hold: (pid: number) => void) => Promise<T> }} what
 * @returns {Promise<T>}
 */
export async function withLock(file, { onWait, action }) {
  let hasTold = false;
  for (let state = tryLock(file); state !== 'held'; state = tryLock(file)) {
    if (state === 'impossible') return action(() => undefined);
    const owner = ownerOf(file);
    if (owner === undefined) {
      rmSync(file, { force: true });
      continue;
    }
    if (!hasTold) onWait(owner);
    hasTold = true;
    await wait(LOOK_MS);
  }
  try {
    return await action((pid) => appendFileSync(file, `${identityOf(pid)}\n`));
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {'held' | 'taken' | 'impossible'}
 */
function tryLock(file) {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${identityOf(process.pid)}\n`, { flag: 'wx' });
    return 'held';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EEXIST' ? 'taken' : 'impossible';
  }
}

/**
 * The number of a living process that holds the lock; undefined when there is none.
 * @param {string} file
 */
function ownerOf(file) {
  try {
    const holders = readFileSync(file, 'utf8').trim().split('\n');
    if (holders.join('') === '' && Date.now() - statSync(file).mtimeMs < NAMELESS_MS) return 'another';
    return holders.find(isAlive)?.split(' ')[0];
  } catch {
    return undefined;
  }
}
