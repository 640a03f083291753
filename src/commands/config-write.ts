import { mkdirSync, readFileSync, readlinkSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { writeFileAtomic } from '../io/atomic-file.ts';
import { acquireLease, type Lease } from '../io/lease-file.ts';

/**
 * Replaces the text of a file of settings, as the only one who does so at that time. The file that a symbolic link leads to is
 * the one that changes; who owns it and who may read it stays. A file that is not there counts as empty. One that can be written
 * to where no other can be put in its place is written in its place.
 *
 * @param change from the text as it is to what it shall be; when it throws, the file stays as it was
 * @throws {TcondaError} `FILE_UNREADABLE`
 */
export async function rewriteFile(
  file: string,
  change: (text: string) => string,
  signal: AbortSignal,
): Promise<void> {
  const place = followLinks(file);
  const rewrite = async (): Promise<void> => {
    const old = read(place);
    const text = change(old);
    if (text !== old || !isThere(place)) await replace(place, text);
  };
  try {
    mkdirSync(path.dirname(place), { recursive: true });
    const lease = await takeLease(place, signal);
    try {
      await rewrite();
    } finally {
      await lease?.release();
    }
  } catch (cause) {
    if (cause instanceof TcondaError || signal.aborted) throw cause;
    throw new TcondaError('FILE_UNREADABLE', `Cannot write to condarc file at ${file}`, { cause });
  }
}

/** Undefined in a directory that belongs to others, where the file may be ours all the same. */
async function takeLease(place: string, signal: AbortSignal): Promise<Lease | undefined> {
  try {
    return await acquireLease(`${place}.lock`, { subject: place, signal });
  } catch (error) {
    if (isOfOthers(error)) return undefined;
    throw error;
  }
}

/** Whether a name can't be made or replaced there: by its permissions, or since the file alone was mounted. */
function isOfOthers(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS', 'EBUSY'].includes(codeOf(error) ?? '');
}

/** Where a chain of links ends, also when nothing is there yet. */
function followLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    const target = codeOf(error) === 'ENOENT' ? findLink(file) : undefined;
    if (target === undefined) return file;
    return followLinks(path.resolve(path.dirname(file), target));
  }
}

function findLink(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function read(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw new TcondaError('FILE_UNREADABLE', `Cannot read ${file}`, { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Written again, what is no text would be lost.
    throw new TcondaError('FILE_UNREADABLE', `Cannot change ${file}: it is not encoded as UTF-8`);
  }
}

async function replace(file: string, text: string): Promise<void> {
  const old = statSync(file, { throwIfNoEntry: false });
  // Settings may hold passwords of proxies: who may read the file stays as it was.
  if (old === undefined) return await writeFileAtomic(file, text);
  const mode = old.mode & 0o7777;
  try {
    await writeFileAtomic(file, text, {
      mode,
      prepare: async (beside) => {
        await chown(beside, old.uid, old.gid).catch(() => undefined);
        await chmod(beside, mode);
      },
    });
  } catch (error) {
    if (!isOfOthers(error)) throw error;
    writeFileSync(file, text);
  }
}
