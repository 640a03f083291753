import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

import { writeFileAtomicSync } from '../io/atomic-file.ts';

/** Shards of one index, kept in one file, by the digest of their bytes. */
export interface ShardStore {
  /** Undefined when it is not there, or damaged. */
  find(hash: string): Uint8Array | undefined;
  /** Takes the bytes, if they are those of `hash`; whether they are. */
  add(hash: string, bytes: Uint8Array): boolean;
  /** Writes what was added since the last time. Where that can't be, the next process will have to ask again. */
  flush(): void;
}

/**
 * Opens the store in `file`, which need not exist. Hundreds of shards in a file of their own each would cost more time than their download.
 *
 * The file is a row of entries, each of a mark, a digest, a length and the bytes; it only grows, by whole entries in a single write. What is
 * found is checked by its digest, so two processes that write at once, or one that was killed, can cost a download and nothing more. When
 * it is damaged or has grown beyond {@link LARGEST}, it is written anew with what was of use this time.
 */
export function createShardStore(file: string): ShardStore {
  const { bytes, entries, isDamaged } = readEntries(file);
  const used = new Map<string, Uint8Array>();
  let added: Buffer[] = [];
  let mustRewrite = isDamaged || bytes.length > LARGEST;
  return {
    find(hash) {
      const known = used.get(hash);
      if (known !== undefined) return known;
      const entry = entries.get(hash);
      if (entry === undefined) return undefined;
      const found = bytes.subarray(entry.start, entry.end);
      if (digest(found) !== hash) {
        mustRewrite = true;
        return undefined;
      }
      used.set(hash, found);
      return found;
    },
    add(hash, content) {
      if (digest(content) !== hash) return false;
      used.set(hash, content);
      added.push(formatEntry(hash, content));
      return true;
    },
    flush() {
      if (added.length === 0) return;
      try {
        if (mustRewrite) {
          writeFileAtomicSync(
            file,
            Buffer.concat([...used].map(([hash, content]) => formatEntry(hash, content))),
          );
        } else {
          append(file, Buffer.concat(added));
        }
        mustRewrite = false;
      } catch {
        // A cache that can't be written is no reason to fail.
      }
      added = [];
    },
  };
}

/** Bytes. A few hundred names of conda-forge take about ten million. */
const LARGEST = 64 * 1024 * 1024;
const MARK = Buffer.from('tcs1');
const HEADER = MARK.length + 32 + 4;

interface Entries {
  readonly bytes: Buffer;
  readonly entries: ReadonlyMap<string, { readonly start: number; readonly end: number }>;
  readonly isDamaged: boolean;
}

function readEntries(file: string): Entries {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return { bytes: Buffer.alloc(0), entries: new Map(), isDamaged: false };
  }
  const entries = new Map<string, { readonly start: number; readonly end: number }>();
  let at = 0;
  while (at + HEADER <= bytes.length && bytes.compare(MARK, 0, MARK.length, at, at + MARK.length) === 0) {
    const start = at + HEADER;
    const end = start + bytes.readUInt32BE(start - 4);
    if (end > bytes.length) break;
    entries.set(bytes.toString('hex', at + MARK.length, start - 4), { start, end });
    at = end;
  }
  return { bytes, entries, isDamaged: at !== bytes.length };
}

function formatEntry(hash: string, content: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([MARK, Buffer.from(hash, 'hex'), length, content]);
}

function append(file: string, bytes: Buffer): void {
  const descriptor = openSync(file, 'a');
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
  } finally {
    closeSync(descriptor);
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
