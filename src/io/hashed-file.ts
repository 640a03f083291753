import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';

import type { Md5, Sha256 } from '../model/package-record.ts';

/** What is known of bytes that went by. */
export interface HashedFile {
  readonly size: number;
  readonly sha256: Sha256;
  /** Undefined when it was left out. */
  readonly md5: Md5 | undefined;
}

export interface HashOptions {
  /** Whether MD5 is wanted, too; true by default. It takes three times as long as SHA-256. */
  readonly md5?: boolean;
}

export interface WriteHashedOptions extends HashOptions {
  /** Keeps what the file holds and goes on behind it; the digests are of the whole. */
  readonly append?: boolean;
  /** Called with the length of each chunk, once it is written. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Writes `chunks` to `file` and gives back size and digests of what the file then holds. What was written stays when the source
 * fails: whoever calls decides whether to go on from there. A symlink is not written through.
 */
export async function writeHashed(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  options: WriteHashedOptions = {},
): Promise<HashedFile> {
  const digest = createDigest(options);
  if (options.append === true) await readInto(file, digest);
  const { O_WRONLY, O_CREAT, O_APPEND, O_TRUNC } = constants;
  const descriptor = openSync(
    file,
    O_WRONLY | O_CREAT | NO_FOLLOW | (options.append === true ? O_APPEND : O_TRUNC),
  );
  try {
    for await (const chunk of chunks) {
      // Synchronous: a copy into the page cache costs less than handing it to another thread.
      for (let at = 0; at < chunk.length;) at += writeSync(descriptor, chunk, at);
      digest.update(chunk);
      options.onBytes?.(chunk.length);
    }
  } finally {
    closeSync(descriptor);
  }
  return digest.finish();
}

/** Windows has none of it. */
const NO_FOLLOW = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;

/** Size and digests of a file. */
export async function hashFile(file: string, options: HashOptions = {}): Promise<HashedFile> {
  const digest = createDigest(options);
  await readInto(file, digest);
  return digest.finish();
}

/** SHA-256 of a file, for code that runs synchronously, in a worker thread. */
export function hashFileSync(file: string): string {
  const hash = createHash('sha256');
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(256 * 1024);
    for (let read = 1; read > 0;) {
      read = readSync(descriptor, buffer);
      hash.update(buffer.subarray(0, read));
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}

interface Digest {
  update(chunk: Uint8Array): void;
  finish(): HashedFile;
}

function createDigest(options: HashOptions): Digest {
  const sha256 = createHash('sha256');
  const md5 = options.md5 === false ? undefined : createHash('md5');
  let size = 0;
  return {
    update(chunk) {
      size += chunk.length;
      sha256.update(chunk);
      md5?.update(chunk);
    },
    finish: () => ({
      size,
      sha256: sha256.digest('hex') as Sha256,
      md5: md5?.digest('hex') as Md5 | undefined,
    }),
  };
}

async function readInto(file: string, digest: Digest): Promise<void> {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    for (let read = 1; read > 0;) {
      read = readSync(descriptor, buffer);
      digest.update(buffer.subarray(0, read));
      // Between two pieces the rest of the program gets its turn.
      await breathe();
    }
  } finally {
    closeSync(descriptor);
  }
}
