import { sortSuffixes } from './suffix-order.ts';

/** A block after the Burrows-Wheeler transform. */
export interface Transformed {
  /** The last column of all rotations of the block in their order. */
  readonly bytes: Uint8Array;
  /** Which of these rotations is the block itself. */
  readonly origin: number;
}

/** The Burrows-Wheeler transform of a block that isn't empty. */
export function transformBlock(block: Uint8Array): Transformed {
  const n = block.length;
  // From the least rotation on, the order of the suffixes is the order of the rotations: a suffix that is the beginning of
  // another goes on, as a rotation, with the least there is.
  const shift = leastRotation(block);
  const rotated = new Uint8Array(n);
  rotated.set(block.subarray(shift));
  rotated.set(block.subarray(0, shift), n - shift);

  const order = sortSuffixes(rotated, 256);
  const bytes = new Uint8Array(n);
  const first = shift === 0 ? 0 : n - shift;
  let origin = 0;
  for (let i = 0; i < n; i += 1) {
    const start = order[i] as number;
    bytes[i] = rotated[start === 0 ? n - 1 : start - 1] as number;
    if (start === first) origin = i;
  }
  return { bytes, origin };
}

/** Where the least of all rotations begins: two candidates run against each other, and the loser skips what it has seen. */
function leastRotation(block: Uint8Array): number {
  const n = block.length;
  let a = 0;
  let b = 1;
  let same = 0;
  while (a < n && b < n && same < n) {
    const left = block[(a + same) % n] as number;
    const right = block[(b + same) % n] as number;
    if (left === right) {
      same += 1;
      continue;
    }
    if (left > right) a += same + 1;
    else b += same + 1;
    if (a === b) b += 1;
    same = 0;
  }
  return Math.min(a, b);
}
