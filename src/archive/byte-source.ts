import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes that can be read from anywhere, as a file or a remote file with ranges has them. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset`, fewer only at the end. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
}

/** A local file, read synchronously. Whoever opens it closes it. */
export interface FileSource extends ByteSource {
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** @throws the system's error when the file can't be opened */
export function openFileSource(file: string): FileSource {
  const descriptor = openSync(file, 'r');
  return {
    size: fstatSync(descriptor).size,
    read(offset, length) {
      const bytes = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const count = readSync(descriptor, bytes, filled, length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    },
    close: () => closeSync(descriptor),
  };
}

/** The bytes of one stretch of a source, in chunks. */
export function* readChunks(source: FileSource, start: number, end: number): Generator<Uint8Array> {
  for (let offset = start; offset < end;) {
    const chunk = source.read(offset, Math.min(CHUNK, end - offset));
    if (chunk.length === 0) return;
    offset += chunk.length;
    yield chunk;
  }
}

const CHUNK = 256 * 1024;
