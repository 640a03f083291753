import { readFileSync } from 'node:fs';
import { rm, stat, utimes } from 'node:fs/promises';

/** A held lease. */
export interface Lease {
  readonly file: string;
  /** Whether it is still ours: who slept for long on another machine may have lost it, or its directory is gone. */
  isHeld(): boolean;
  /** Its directory was renamed: from now on the lease is this file. */
  moveTo(file: string): void;
  /** Gives it back; more than once is once. */
  release(): Promise<void>;
}

/** The lease `takenAt`, whose file holds `text`, from now on touched so that other machines see it alive. */
export function holdLease(takenAt: string, text: string): Lease {
  let file = takenAt;
  const isHeld = (): boolean => {
    try {
      return readFileSync(file, 'utf8') === text;
    } catch (error) {
      // Only what is known to be gone is lost.
      const code = (error as NodeJS.ErrnoException).code;
      return code !== 'ENOENT' && code !== 'ENOTDIR';
    }
  };
  const timer = setInterval(() => void touch(file).catch(() => undefined), TOUCH_EVERY);
  timer.unref();
  let held = true;
  return {
    get file() {
      return file;
    },
    isHeld,
    moveTo(other) {
      file = other;
    },
    async release() {
      if (!held) return;
      held = false;
      clearInterval(timer);
      // Not if someone, after we slept for long on another machine, took it over.
      if (isHeld()) await rm(file, { force: true });
    },
  };
}

const TOUCH_EVERY = 5_000;
/** By so much, in milliseconds, the clock of a file system may differ from ours without our taking notice. */
const SKEW = 1_000;

/** Says that the holder lives, in the time of the file system. */
async function touch(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now);
  const { ctime } = await stat(file);
  if (Math.abs(ctime.getTime() - now.getTime()) > SKEW) await utimes(file, ctime, ctime);
}
