import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Shards on disk, by the digest of their bytes. */
export interface ShardStore {
  /** Undefined when it is not there, or torn. */
  find(hash: string): Buffer | undefined;
  /** Keeps the bytes, if they are those of `hash`; whether they are. */
  add(hash: string, bytes: Uint8Array): boolean;
}

/**
 * A store in `directory`, which need not exist. Files are written without ado: whoever reads one checks its digest, so that half a file
 * counts as none.
 */
export function createShardStore(directory: string): ShardStore {
  const fileOf = (hash: string): string => path.join(directory, hash.slice(0, 2), `${hash}.msgpack.zst`);
  return {
    find(hash) {
      try {
        const bytes = readFileSync(fileOf(hash));
        return digest(bytes) === hash ? bytes : undefined;
      } catch {
        return undefined;
      }
    },
    add(hash, bytes) {
      if (digest(bytes) !== hash) return false;
      try {
        write(fileOf(hash), bytes);
      } catch {
        // Not kept, then; the next process will ask again.
      }
      return true;
    },
  };
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function write(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}
