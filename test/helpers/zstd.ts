import { randomBytes } from 'node:crypto';

import { loadZstdEncoder } from '../../src/io/zstd-encoder.ts';

const encoder = await loadZstdEncoder();

/** One zstd frame, at once. */
export function compressZstdSync(bytes: Uint8Array, level = 3): Buffer {
  return encoder.whole(bytes, level);
}

/** What compressors meet: each with what it is called. */
export const CONTENTS: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['a word', Buffer.from('conda')],
  ['exactly one block', Buffer.alloc(128 * 1024, 7)],
  ['text', Buffer.from('a package and an environment, '.repeat(100_000))],
  ['noise', randomBytes(1_000_000)],
];
