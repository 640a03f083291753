import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';

export interface WriteAtomicOptions {
  /** Permission bits of a new file, before the umask. */
  readonly mode?: number;
  /** Waits until the bytes are on the disk before the rename; for what must survive a power cut. */
  readonly durable?: boolean;
}

export interface WriteAtomicPreparedOptions extends WriteAtomicOptions {
  /** Called with the new file, written and closed, before it takes its name. */
  readonly prepare?: (beside: string) => Promise<void>;
}

/**
 * Writes `content` to `file` so that a reader sees the old content or the new, never a part.
 * A file that is a symlink is replaced, not written through.
 */
export async function writeFileAtomic(
  file: string,
  content: string | Uint8Array,
  options: WriteAtomicPreparedOptions = {},
): Promise<void> {
  const beside = temporaryName(file);
  try {
    const handle = await open(beside, 'wx', options.mode ?? 0o666);
    try {
      await handle.writeFile(content);
      if (options.durable === true) await handle.sync();
    } finally {
      await handle.close();
    }
    await options.prepare?.(beside);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** {@link writeFileAtomic} for code that runs synchronously, in a worker thread. */
export function writeFileAtomicSync(
  file: string,
  content: string | Uint8Array,
  options: WriteAtomicOptions = {},
): void {
  const beside = temporaryName(file);
  try {
    const descriptor = openSync(beside, 'wx', options.mode ?? 0o666);
    try {
      writeFileSync(descriptor, content);
      if (options.durable === true) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** A name nobody else uses, beside `file` and so on its file system. */
export function temporaryName(file: string): string {
  return `${file}.${randomBytes(6).toString('hex')}.tmp`;
}

/** Whether a name is one of {@link temporaryName}: what a process that died left. */
export function isTemporaryName(name: string): boolean {
  return /\.[0-9a-f]{12}\.tmp$/.test(name);
}
