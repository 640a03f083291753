import { Zstd } from '@hpcc-js/wasm-zstd';

import { TcondaError } from '../errors.ts';
import { createLimit } from './limit.ts';
import type { ZstdEncoder } from './zstd-encoder.ts';

/**
 * Zstandard's own encoder as WebAssembly, for machines whose Node has no zstd and where the addon can't be built. Its frames have no
 * checksum: the archive around them has one.
 */
export async function loadWasmEncoder(): Promise<ZstdEncoder> {
  const module = await Zstd.load();
  return {
    stream: encodeStream,
    whole: (bytes, level) => {
      const frame = attempt(() => module.compress(bytes, level));
      return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
    },
  };
}

/** The module has one stream: who comes next waits. */
const alone = createLimit(1);
/** So much goes in at once, as both sides of it are copied. */
const PIECE = 256 * 1024;
/** Levels above want more memory than is worth keeping. */
const MOST_KEPT_LEVEL = 19;

async function* encodeStream(chunks: Iterable<Uint8Array>, level: number): AsyncGenerator<Uint8Array> {
  let leave = (): void => undefined;
  await new Promise<void>((enter) => {
    void alone(() => {
      enter();
      return new Promise<void>((resolve) => (leave = resolve));
    });
  });
  try {
    const module = await Zstd.load();
    module.reset();
    module.setCompressionLevel(level);
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        const packed = attempt(() => module.compressChunk(chunk.subarray(at, at + PIECE)));
        if (packed.length > 0) yield packed;
      }
    }
    yield attempt(() => module.compressEnd());
  } finally {
    if (level > MOST_KEPT_LEVEL) await Zstd.unload();
    leave();
  }
}

function attempt(compress: () => Uint8Array): Uint8Array {
  try {
    return compress();
  } catch (cause) {
    throw new TcondaError('ZSTD_INVALID', 'zstd compression failed, probably for want of memory', {
      hint: 'Use a lower level, or Node 22.15 or later, which has zstd itself',
      cause,
    });
  }
}
