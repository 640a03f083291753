import { mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { writeFileAtomic } from '../io/atomic-file.ts';
import { withLease } from '../io/lease-file.ts';

/**
 * Replaces the text of a file of settings, as the only one who does so at that time. The file that a symbolic link leads to is
 * the one that changes; who owns it and who may read it stays. A file that is not there counts as empty.
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
  try {
    mkdirSync(path.dirname(place), { recursive: true });
    await withLease(`${place}.lock`, { subject: place, signal }, async () => {
      const old = read(place);
      const text = change(old);
      if (text !== old || !isThere(place)) await replace(place, text);
    });
  } catch (cause) {
    if (cause instanceof TcondaError || signal.aborted) throw cause;
    throw new TcondaError('FILE_UNREADABLE', `Cannot write to condarc file at ${file}`, { cause });
  }
}

/** Where a chain of links ends, also when nothing is there yet. */
function followLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new TcondaError('FILE_UNREADABLE', `Cannot read ${file}`, { cause: error });
  }
}

async function replace(file: string, text: string): Promise<void> {
  const old = statSync(file, { throwIfNoEntry: false });
  // Settings may hold passwords of proxies: who may read the file stays as it was.
  if (old === undefined) return await writeFileAtomic(file, text);
  const mode = old.mode & 0o7777;
  await writeFileAtomic(file, text, {
    mode,
    prepare: async (beside) => {
      await chown(beside, old.uid, old.gid).catch(() => undefined);
      await chmod(beside, mode);
    },
  });
}
