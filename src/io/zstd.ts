import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

import { TcondaError } from '../errors.ts';
import { type FramePiece, FrameSplitter } from './zstd-frames.ts';

export interface ZstdLimits {
  /** More bytes than this, decompressed, are an attack or a mistake. */
  readonly maxBytes: number;
}

/**
 * Decompresses zstd frames as they arrive. Holds no more than a window (128 MiB at most) and a chunk at a time.
 * @throws {TcondaError} `ZSTD_INVALID`: no zstd, damaged, cut off, or above the limit
 */
export async function* decompressZstd(
  chunks: AsyncIterable<Uint8Array>,
  limits: ZstdLimits,
): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of ZSTD.stream(chunks)) {
    total += chunk.length;
    checkLimit(total, limits);
    yield chunk;
  }
}

/**
 * Decompresses all of `bytes`. For what is known to be small.
 * @throws {TcondaError} `ZSTD_INVALID`
 */
export function decompressZstdSync(bytes: Uint8Array, limits: ZstdLimits): Buffer {
  return ZSTD.whole(bytes, limits);
}

/** One zstd frame. `level` 1 to 22. */
export function compressZstdSync(bytes: Uint8Array, level = 3): Buffer {
  return ZSTD.compress(bytes, level);
}

interface Zstd {
  stream(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Buffer>;
  whole(bytes: Uint8Array, limits: ZstdLimits): Buffer;
  compress(bytes: Uint8Array, level: number): Buffer;
}

function checkLimit(total: number, limits: ZstdLimits): void {
  if (total > limits.maxBytes) {
    throw new TcondaError('ZSTD_INVALID', `zstd data grows beyond ${limits.maxBytes} bytes`);
  }
}

function invalid(cause: unknown): TcondaError {
  if (cause instanceof TcondaError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TcondaError('ZSTD_INVALID', `Damaged zstd data: ${reason}`, { cause });
}

const require = createRequire(import.meta.url);

/** What `node:zlib` has of zstd since Node 22.15. */
interface NodeZstd {
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
  createZstdDecompress(options: { readonly chunkSize: number }): NodeJS.ReadWriteStream;
  zstdDecompressSync(bytes: Uint8Array, options: { readonly maxOutputLength: number }): Buffer;
  zstdCompressSync(bytes: Uint8Array, options: { readonly params: Readonly<Record<number, number>> }): Buffer;
}

const CHUNK = 512 * 1024;

function zstdOfNode(): Zstd | undefined {
  const zlib = require('node:zlib') as Partial<NodeZstd>;
  const { constants, createZstdDecompress, zstdDecompressSync, zstdCompressSync } = zlib;
  if (!constants || !createZstdDecompress || !zstdDecompressSync || !zstdCompressSync) return undefined;
  return {
    async *stream(chunks) {
      const pieces = splitFrames(chunks);
      for (let first = await pieces.next(); first.done !== true; first = await pieces.next()) {
        const source = Readable.from(oneFrame(first.value, pieces));
        const decoder = createZstdDecompress({ chunkSize: CHUNK });
        let sourceError: unknown;
        source.once('error', (error) => {
          sourceError = error;
          decoder.emit('error', error);
        });
        try {
          for await (const chunk of source.pipe(decoder)) yield chunk as Buffer;
        } catch (error) {
          throw error === sourceError ? error : invalid(error);
        } finally {
          source.destroy();
        }
      }
    },
    whole(bytes, limits) {
      const parts: Buffer[] = [];
      let total = 0;
      try {
        const splitter = new FrameSplitter();
        for (const frame of splitter.push(bytes)) {
          if (!frame.isLast) break;
          const part = zstdDecompressSync(frame.bytes, {
            maxOutputLength: Math.max(1, limits.maxBytes - total),
          });
          total += part.length;
          parts.push(part);
        }
        if (!splitter.isBetweenFrames || bytes.length === 0) throw new Error('it ends too early');
      } catch (error) {
        throw invalid(error);
      }
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, total);
    },
    compress: (bytes, level) =>
      zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } }),
  };
}

async function* splitFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FramePiece> {
  const splitter = new FrameSplitter();
  let any = false;
  for await (const chunk of chunks) {
    any ||= chunk.length > 0;
    try {
      yield* splitter.push(chunk);
    } catch (error) {
      throw invalid(error);
    }
  }
  if (!any || !splitter.isBetweenFrames) throw invalid(new Error('it ends too early'));
}

/** The bytes of the frame that begins with `first`. */
async function* oneFrame(first: FramePiece, pieces: AsyncIterator<FramePiece>): AsyncGenerator<Uint8Array> {
  yield first.bytes;
  for (let piece = first; !piece.isLast;) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const next = await pieces.next();
    if (next.done === true) return;
    piece = next.value;
    yield piece.bytes;
  }
}

/** The part of `zstd-napi/binding` that is used here. */
interface Addon {
  readonly DCtx: new () => {
    /** [what is still expected, or 0 at the end of a frame; bytes written; bytes read] */
    decompressStream(into: Uint8Array, from: Uint8Array): [number, number, number];
  };
  readonly CCtx: new () => { compress(into: Uint8Array, from: Uint8Array, level: number): number };
  compressBound(size: number): number;
}

function zstdOfAddon(): Zstd | undefined {
  let addon: Addon;
  try {
    addon = require('zstd-napi/binding') as Addon;
  } catch {
    return undefined;
  }
  let spare: InstanceType<Addon['DCtx']> | undefined;
  return {
    async *stream(chunks) {
      const decode = createDecoder(addon);
      for await (const chunk of chunks) yield* decode.push(chunk, CHUNK);
      decode.end();
    },
    whole(bytes, limits) {
      // One context serves for all: making one costs more than unpacking a shard. A failure leaves it in the middle of a frame.
      const shared = spare ?? new addon.DCtx();
      spare = undefined;
      const decode = createDecoder(addon, shared);
      const parts = [];
      let total = 0;
      for (const part of decode.push(bytes, Math.min(CHUNK, Math.max(16 * 1024, bytes.length * 8)))) {
        total += part.length;
        checkLimit(total, limits);
        parts.push(part);
      }
      decode.end();
      spare = shared;
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, total);
    },
    compress(bytes, level) {
      const into = Buffer.allocUnsafe(addon.compressBound(bytes.length));
      return into.subarray(0, new addon.CCtx().compress(into, bytes, level));
    },
  };
}

function createDecoder(addon: Addon, context = new addon.DCtx()) {
  let expected = 0;
  let any = false;
  return {
    *push(chunk: Uint8Array, size: number): Generator<Buffer> {
      let from = chunk;
      let full = false;
      any ||= chunk.length > 0;
      while (from.length > 0 || full) {
        const into = Buffer.allocUnsafeSlow(size);
        let written, read;
        try {
          [expected, written, read] = context.decompressStream(into, from);
        } catch (error) {
          throw invalid(error);
        }
        from = from.subarray(read);
        // A full buffer may mean that more is waiting inside; between two frames nothing is.
        full = written === into.length && expected !== 0;
        if (written > 0) yield into.subarray(0, written);
        if (written === 0 && read === 0) break;
      }
    },
    end() {
      if (expected !== 0 || !any) throw invalid(new Error('it ends too early'));
    },
  };
}

async function zstdOfWasm(): Promise<Zstd> {
  const { decodeFrame, decodeFrames, storeFrame } = await import('./zstd-wasm.ts');
  return {
    async *stream(chunks) {
      let parts: Uint8Array[] = [];
      for await (const { bytes, isLast } of splitFrames(chunks)) {
        parts.push(bytes);
        if (!isLast) continue;
        const frame = Buffer.concat(parts);
        parts = [];
        try {
          yield* decodeFrame(frame);
        } catch (error) {
          throw invalid(error);
        }
      }
    },
    whole(bytes, limits) {
      const parts: Buffer[] = [];
      let total = 0;
      try {
        for (const part of decodeFrames(bytes)) {
          total += part.length;
          checkLimit(total, limits);
          parts.push(part);
        }
      } catch (error) {
        throw invalid(error);
      }
      return Buffer.concat(parts, total);
    },
    compress: storeFrame,
  };
}

/** The best there is: Node's own, else the addon, else WebAssembly. */
const ZSTD = zstdOfNode() ?? zstdOfAddon() ?? (await zstdOfWasm());
