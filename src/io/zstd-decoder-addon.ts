import { createRequire } from 'node:module';

import { checkZstdLimit, invalidZstd, type ZstdDecoder } from './zstd-decoder.ts';

/** The part of `zstd-napi/binding` that is used here. */
interface Addon {
  readonly DCtx: new () => {
    /** [what is still expected, or 0 at the end of a frame; bytes written; bytes read] */
    decompressStream(into: Uint8Array, from: Uint8Array): [number, number, number];
    reset(directive: number): void;
  };
}

/** The addon `zstd-napi`; undefined where it could not be installed. */
export function zstdOfAddon(): ZstdDecoder | undefined {
  let addon: Addon;
  try {
    addon = createRequire(import.meta.url)('zstd-napi/binding') as Addon;
  } catch {
    return undefined;
  }
  // One context serves for all: making one costs more than unpacking a shard, and what it holds is not freed before a garbage collection
  // that knows nothing of it.
  let spare: InstanceType<Addon['DCtx']> | undefined;
  const take = (): InstanceType<Addon['DCtx']> => {
    const context = spare ?? new addon.DCtx();
    spare = undefined;
    return context;
  };
  const giveBack = (context: InstanceType<Addon['DCtx']>): void => {
    // It may be in the middle of a frame.
    context.reset(SESSION);
    spare = context;
  };
  return {
    async *stream(chunks, reuse) {
      const context = take();
      const decode = createDecoder(context);
      const buffer = reuse ? Buffer.allocUnsafeSlow(CHUNK) : undefined;
      try {
        for await (const chunk of chunks) {
          yield* decode.push(chunk, () => buffer ?? Buffer.allocUnsafeSlow(CHUNK));
        }
        decode.end();
      } finally {
        giveBack(context);
      }
    },
    whole(bytes, limits) {
      const context = take();
      const decode = createDecoder(context);
      const parts = [];
      let total = 0;
      const size = Math.min(CHUNK, Math.max(16 * 1024, bytes.length * 8));
      try {
        for (const part of decode.push(bytes, () => Buffer.allocUnsafeSlow(size))) {
          total += part.length;
          checkZstdLimit(total, limits);
          parts.push(part);
        }
        decode.end();
      } finally {
        giveBack(context);
      }
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, total);
    },
  };
}

const CHUNK = 256 * 1024;
/** `ZSTD_reset_session_only`. */
const SESSION = 1;

function createDecoder(context: InstanceType<Addon['DCtx']>) {
  let expected = 0;
  let any = false;
  return {
    *push(chunk: Uint8Array, makeBuffer: () => Buffer): Generator<Buffer> {
      let from = chunk;
      let full = false;
      any ||= chunk.length > 0;
      while (from.length > 0 || full) {
        const into = makeBuffer();
        let written, read;
        try {
          [expected, written, read] = context.decompressStream(into, from);
        } catch (error) {
          throw invalidZstd(error);
        }
        from = from.subarray(read);
        // A full buffer may mean that more is waiting inside; between two frames nothing is.
        full = written === into.length && expected !== 0;
        if (written > 0) yield into.subarray(0, written);
        if (written === 0 && read === 0) break;
      }
    },
    end() {
      if (expected !== 0 || !any) throw invalidZstd(new Error('it ends too early'));
    },
  };
}
