import { TcondaError } from '../errors.ts';
import { type FramePiece, FrameSplitter } from './zstd-frames.ts';

/** One way to read zstd: each machine has another. */
export interface ZstdDecoder {
  /**
   * The decompressed bytes, in the order of the frames.
   * Each chunk is read before the next one is asked for; with `reuse`, each given is valid only until then, too.
   */
  stream(chunks: AsyncIterable<Uint8Array>, reuse: boolean): AsyncIterable<Buffer>;
  whole(bytes: Uint8Array, limits: ZstdLimits): Buffer;
}

/** What a stream may at most unpack to. */
export interface ZstdLimits {
  /** More bytes than this, decompressed, are an attack or a mistake. */
  readonly maxBytes: number;
}

/** @throws {TcondaError} `ZSTD_INVALID` when `total` is above the limit */
export function checkZstdLimit(total: number, limits: ZstdLimits): void {
  if (total > limits.maxBytes) {
    throw new TcondaError('ZSTD_INVALID', `zstd data grows beyond ${limits.maxBytes} bytes`);
  }
}

/** The error that a decoder's `cause` is told as. */
export function invalidZstd(cause: unknown): TcondaError {
  if (cause instanceof TcondaError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TcondaError('ZSTD_INVALID', `Damaged zstd data: ${reason}`, { cause });
}

/** The pieces of frames in `chunks`, for decoders that want to be told where a frame ends. @throws {TcondaError} `ZSTD_INVALID` */
export async function* splitFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FramePiece> {
  const splitter = new FrameSplitter();
  let any = false;
  for await (const chunk of chunks) {
    any ||= chunk.length > 0;
    try {
      yield* splitter.push(chunk);
    } catch (error) {
      throw invalidZstd(error);
    }
  }
  if (!any || !splitter.isBetweenFrames) throw invalidZstd(new Error('it ends too early'));
}
