import { loadZstdEncoder } from '../../src/io/zstd-encoder.ts';

const encoder = await loadZstdEncoder();

/** One zstd frame, at once. */
export function compressZstdSync(bytes: Uint8Array, level = 3): Buffer {
  return encoder.whole(bytes, level);
}
