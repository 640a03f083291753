import { writeSync } from 'node:fs';

/**
 * Writes to stdout (1) or stderr (2) without `process.stdout`, which takes longer to make than a small command takes. What
 * nobody reads any more is dropped.
 * @throws what the system says, such as `ENOSPC`
 */
export function writeAll(descriptor: 1 | 2, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // A pipe that doesn't wait is full.
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      else if (code === 'EPIPE') return;
      else throw error;
    }
  }
}

/** Writes to stderr what would be lost if it can't be written, as there is nobody left to tell. */
export function writeError(text: string): void {
  try {
    writeAll(2, text);
  } catch {
    // A full disk, say.
  }
}
