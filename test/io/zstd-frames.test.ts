import { describe, expect, test } from 'vitest';

import { FrameSplitter } from '../../src/io/zstd-frames.ts';
import { compressZstdSync } from '../helpers/zstd.ts';

const ONE = compressZstdSync(Buffer.from('one '.repeat(100_000)));
const TWO = compressZstdSync(
  Buffer.from(Array.from({ length: 300_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24)),
);
/** A frame that decoders pass over: its magic, its size, its bytes. */
const SKIPPED = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
const SKIPPED_EMPTY = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);

/** The frames of `bytes`, pushed in pieces of `size`. */
function frames(
  bytes: Buffer,
  size: number,
): { readonly frames: readonly Buffer[]; readonly isWhole: boolean } {
  const splitter = new FrameSplitter();
  const found: Buffer[] = [];
  let parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const piece of splitter.push(bytes.subarray(at, at + size))) {
      parts.push(piece.bytes);
      if (!piece.isLast) continue;
      found.push(Buffer.concat(parts));
      parts = [];
    }
  }
  return { frames: found, isWhole: splitter.isBetweenFrames };
}

describe('FrameSplitter', () => {
  test.each([1, 2, 3, 5, 1000, 10_000_000])('finds where frames end, in pieces of %i', (size) => {
    const bytes = Buffer.concat([SKIPPED, ONE, TWO, SKIPPED_EMPTY, SKIPPED, ONE, SKIPPED]);
    expect(frames(bytes, size)).toEqual({ frames: [ONE, TWO, ONE], isWhole: true });
  });

  test.each([
    ONE.subarray(0, 3),
    ONE.subarray(0, -1),
    Buffer.concat([ONE, ONE.subarray(0, 2)]),
    SKIPPED.subarray(0, -1),
  ])('knows that a frame is cut off', (bytes) => {
    expect(frames(bytes, 4).isWhole).toBe(false);
  });

  test.each([Buffer.from('text'), Buffer.concat([ONE, Buffer.from('text')])])(
    'refuses what is no frame',
    (bytes) => {
      expect(() => frames(bytes, 100)).toThrow('unknown frame');
    },
  );
});
