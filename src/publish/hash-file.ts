import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

import type { Md5, Sha256 } from '../model/package-record.ts';

/** What an index says of a file. */
export interface FileDigests {
  readonly sha256: Sha256;
  readonly md5: Md5;
  readonly size: number;
}

/** Digests and length of a file, as a channel's index states them. */
export function hashFile(file: string): FileDigests {
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  const descriptor = openSync(file, 'r');
  let size = 0;
  try {
    for (;;) {
      const count = readSync(descriptor, buffer);
      if (count === 0) break;
      const chunk = buffer.subarray(0, count);
      sha256.update(chunk);
      md5.update(chunk);
      size += count;
    }
  } finally {
    closeSync(descriptor);
  }
  return { sha256: sha256.digest('hex') as Sha256, md5: md5.digest('hex') as Md5, size };
}
