import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm, stat, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { TcondaError } from '../errors.ts';
import { holdLease, type Lease } from './held-lease.ts';
import { currentProcess, type ProcessIdentity, processState } from './process-identity.ts';

export type { Lease } from './held-lease.ts';

export interface LeaseOptions {
  /** What it is for, in a message: `environment /opt/env`. */
  readonly subject?: string;
  /** Milliseconds to wait for another holder; without it, as long as it takes. 0 asks once. */
  readonly timeout?: number;
  /** Called once, when another process holds the lease and we start to wait. */
  readonly onWait?: (holder: ProcessIdentity) => void;
  /** Milliseconds of waiting that need no `onWait`; 0 by default. */
  readonly patience?: number;
  readonly signal?: AbortSignal;
}

/**
 * Takes the lease that `file` stands for: one holder at a time, over all processes that share the directory, NFS included.
 *
 * The file names its holder. When the holder is dead (no such process, or its number is another's by now), the next one takes
 * over at once; a holder on another machine is given up when it has not touched the file for {@link FORSAKEN_AFTER} ms, by the
 * clock of the file system: those of the machines may differ.
 * The directory of `file` must exist. File system errors (`EACCES`, `EROFS`) come through as they are.
 * @throws {TcondaError} `LOCK_TIMEOUT`
 */
export async function acquireLease(file: string, options: LeaseOptions = {}): Promise<Lease> {
  const text = JSON.stringify({
    ...currentProcess(),
    nonce: randomBytes(8).toString('hex'),
  } satisfies Content);
  const begun = Date.now();
  const deadline = begun + (options.timeout ?? Infinity);
  let told = false;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    options.signal?.throwIfAborted();
    const made = await create(file, text);
    if (made.isOurs) return holdLease(file, text);
    const found = await readContent(file);
    if (found === undefined || ((await isForsaken(file, found, made.now)) && (await clear(file, found)))) {
      pause = FIRST_PAUSE;
      continue;
    }
    if (Date.now() >= deadline) throw timedOut(file, found.content, options);
    if (!told && Date.now() - begun >= (options.patience ?? 0)) {
      if (found.content !== undefined) options.onWait?.(found.content);
      told = true;
    }
    await sleep(Math.min(pause * (0.5 + Math.random()), Math.max(1, deadline - Date.now())), undefined, {
      ...(options.signal && { signal: options.signal }),
    });
  }
}

/** {@link acquireLease} around `action`. */
export async function withLease<T>(
  file: string,
  options: LeaseOptions,
  action: () => Promise<T>,
): Promise<T> {
  const lease = await acquireLease(file, options);
  try {
    return await action();
  } finally {
    await lease.release();
  }
}

/** Who holds the lease; undefined when nobody does, or only a dead process. */
export async function findLeaseHolder(file: string): Promise<ProcessIdentity | undefined> {
  const found = await readContent(file);
  if (found?.content === undefined || (await isForsaken(file, found))) return undefined;
  return found.content;
}

/** Removes what a dead process left of a lease: the lease itself, or the beginning of one. What lives stays. */
export async function sweepLease(file: string): Promise<void> {
  const found = await readContent(file);
  if (found === undefined) return;
  if (!UNFINISHED.test(file)) {
    if (await isForsaken(file, found)) await clear(file, found);
    return;
  }
  // An empty one may be a moment old. Who finds his gone begins again.
  if (found.content === undefined || (await isForsaken(file, found))) await rm(file, { force: true });
}

/** A lease file that has not got its name yet. */
const UNFINISHED = /\.[0-9a-f]{12}\.new$/;

/** Milliseconds after which an untouched lease of another machine counts for nothing. */
export const FORSAKEN_AFTER = 90_000;
const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 250;

interface Content extends ProcessIdentity {
  readonly nonce: string;
}

interface Found {
  readonly text: string;
  /** Undefined when the text is no lease: its writer died in between, or it is something else's file. */
  readonly content: Content | undefined;
}

interface Attempt {
  readonly isOurs: boolean;
  /** What time it is for the file system, in milliseconds since 1970. */
  readonly now?: number;
}

/** Makes `file`, unless it is there. It appears with its content, by linking a finished file to its name. */
async function create(file: string, text: string): Promise<Attempt> {
  const beside = `${file}.${randomBytes(6).toString('hex')}.new`;
  const handle = await open(beside, 'wx', 0o644);
  try {
    let now;
    try {
      await handle.writeFile(text);
      now = (await handle.stat()).mtimeMs;
    } finally {
      await handle.close();
    }
    try {
      await link(beside, file);
      return { isOurs: true };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      // NFS may repeat a request whose answer was lost, and then report that the name exists.
      if (code === 'EEXIST') return { isOurs: await isLinked(beside), now };
      if (code === 'ENOENT') return { isOurs: false, now };
      if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS') {
        return { isOurs: await createWithoutLinks(file, text), now };
      }
      throw error;
    }
  } finally {
    await rm(beside, { force: true });
  }
}

/** Whoever holds the lease sweeps up what others left beside it, and may have met ours. */
async function isLinked(beside: string): Promise<boolean> {
  try {
    return (await stat(beside)).nlink === 2;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function createWithoutLinks(file: string, text: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o644);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readContent(file: string): Promise<Found | undefined> {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return { text, content: parseContent(text) };
}

function parseContent(text: string): Content | undefined {
  try {
    const value = JSON.parse(text) as Partial<Content> | null;
    if (typeof value?.pid !== 'number' || typeof value.host !== 'string') return undefined;
    if (typeof value.nonce !== 'string' || !/^[0-9a-f]{16}$/.test(value.nonce)) return undefined;
    return value as Content;
  } catch {
    return undefined;
  }
}

async function isForsaken(file: string, found: Found, now = Date.now()): Promise<boolean> {
  const state = found.content === undefined ? 'unknown' : processState(found.content);
  if (state !== 'unknown') return state === 'dead';
  try {
    return now - (await stat(file)).mtimeMs > FORSAKEN_AFTER;
  } catch {
    return true;
  }
}

/**
 * Removes the lease of a dead holder. Of all who saw it dead, one at a time may look again and remove it: the one that holds
 * the lease on clearing just this generation. So nobody removes a lease that was taken a moment ago.
 */
async function clear(file: string, seen: Found): Promise<boolean> {
  const clearing = await acquireLease(`${file}.${seen.content?.nonce ?? 'torn'}`, { timeout: 5000 });
  try {
    const now = await readContent(file);
    if (now?.text === seen.text) await unlink(file);
    return true;
  } finally {
    await clearing.release();
  }
}

function timedOut(file: string, holder: Content | undefined, options: LeaseOptions): TcondaError {
  const who =
    holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host.split(' ')[0]}`;
  return new TcondaError('LOCK_TIMEOUT', `${options.subject ?? file} is in use by ${who}`, {
    data: { lock: file, ...(holder && { pid: holder.pid }) },
  });
}
