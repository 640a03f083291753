import {
  checkZstdLimit,
  invalidZstd,
  splitFrames,
  type ZstdDecoder,
  type ZstdLimits,
} from './zstd-decoder.ts';
import { zstdOfAddon } from './zstd-decoder-addon.ts';
import { zstdOfNode } from './zstd-decoder-node.ts';

/**
 * Decompresses zstd frames as they arrive. Holds no more than a window (128 MiB at most) and a chunk at a time.
 * Each of `chunks` is read before the next one is asked for. With `reuse`, the chunks that come out are valid only until the next one.
 * @throws {TcondaError} `ZSTD_INVALID`: no zstd, damaged, cut off, or above the limit
 */
export async function* decompressZstd(
  chunks: AsyncIterable<Uint8Array>,
  { reuse = false, ...limits }: ZstdLimits & { readonly reuse?: boolean },
): AsyncGenerator<Buffer> {
  let total = 0;
  const zstd = await loadZstd();
  for await (const chunk of zstd.stream(chunks, reuse)) {
    total += chunk.length;
    checkZstdLimit(total, limits);
    yield chunk;
  }
}

/**
 * Decompresses all of `bytes`. For what is known to be small. {@link loadZstd} comes first.
 * @throws {TcondaError} `ZSTD_INVALID`
 */
export function decompressZstdSync(bytes: Uint8Array, limits: ZstdLimits): Buffer {
  decoder ??= nativeZstd();
  if (decoder === undefined) throw new TypeError('nobody waited for loadZstd()');
  return decoder.whole(bytes, limits);
}

let decoder: ZstdDecoder | undefined;

/** The best there is, ready to be called: Node's own, else the addon, else WebAssembly, which takes a while to load. */
export async function loadZstd(): Promise<ZstdDecoder> {
  decoder ??= nativeZstd();
  if (decoder !== undefined) return decoder;
  const loaded = await zstdOfWasm();
  return (decoder ??= loaded);
}

function nativeZstd(): ZstdDecoder | undefined {
  return zstdOfNode() ?? zstdOfAddon();
}

async function zstdOfWasm(): Promise<ZstdDecoder> {
  const { loadFrameDecoder } = await import('./zstd-decoder-wasm.ts');
  const { decodeFrame, decodeFrames } = await loadFrameDecoder();
  return {
    async *stream(chunks) {
      let parts: Uint8Array[] = [];
      for await (const { bytes, isLast } of splitFrames(chunks)) {
        parts.push(Buffer.from(bytes));
        if (!isLast) continue;
        const frame = Buffer.concat(parts);
        parts = [];
        try {
          yield* decodeFrame(frame);
        } catch (error) {
          throw invalidZstd(error);
        }
      }
    },
    whole(bytes, limits) {
      const parts: Buffer[] = [];
      let total = 0;
      try {
        for (const part of decodeFrames(bytes)) {
          total += part.length;
          checkZstdLimit(total, limits);
          parts.push(part);
        }
      } catch (error) {
        throw invalidZstd(error);
      }
      return Buffer.concat(parts, total);
    },
  };
}
