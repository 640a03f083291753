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
  /** Like `read`, into the beginning of `bytes`; gives how many there were. */
  readInto(bytes: Uint8Array, offset: number): number;
  close(): void;
}

/** @throws the system's error when the file can't be opened */
export function openFileSource(file: string): FileSource {
  const descriptor = openSync(file, 'r');
  const readInto = (bytes: Uint8Array, offset: number): number => {
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(descriptor, bytes, filled, bytes.length - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  };
  return {
    size: fstatSync(descriptor).size,
    read(offset, length) {
      const bytes = Buffer.allocUnsafe(length);
      return bytes.subarray(0, readInto(bytes, offset));
    },
    readInto,
    close: () => closeSync(descriptor),
  };
}

/** The bytes of one stretch of a source, in chunks, each valid only until the next one. */
export function* readChunks(source: FileSource, start: number, end: number): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, Math.max(0, end - start)));
  for (let offset = start; offset < end;) {
    const count = source.readInto(buffer.subarray(0, Math.min(CHUNK, end - offset)), offset);
    if (count === 0) return;
    offset += count;
    yield buffer.subarray(0, count);
  }
}

const CHUNK = 128 * 1024;
