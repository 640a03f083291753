import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

import { invalidZstd, splitFrames, type ZstdDecoder } from './zstd-decoder.ts';
import { type FramePiece, FrameSplitter } from './zstd-frames.ts';

/** What `node:zlib` has of zstd since Node 22.15. */
interface NodeZstd {
  createZstdDecompress(options: { readonly chunkSize: number }): NodeJS.ReadWriteStream;
  zstdDecompressSync(bytes: Uint8Array, options: { readonly maxOutputLength: number }): Buffer;
}

const CHUNK = 512 * 1024;

/** What Node itself has of zstd; undefined where it has none. */
export function zstdOfNode(): ZstdDecoder | undefined {
  const zlib = createRequire(import.meta.url)('node:zlib') as Partial<NodeZstd>;
  const { createZstdDecompress, zstdDecompressSync } = zlib;
  if (!createZstdDecompress || !zstdDecompressSync) return undefined;
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
          throw error === sourceError ? error : invalidZstd(error);
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
        throw invalidZstd(error);
      }
      return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, total);
    },
  };
}

/** The bytes of the frame that begins with `first`. Copies of them: the decoder beside it works on one while the next is read. */
async function* oneFrame(first: FramePiece, pieces: AsyncIterator<FramePiece>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(first.bytes);
  for (let piece = first; !piece.isLast;) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const next = await pieces.next();
    if (next.done === true) return;
    piece = next.value;
    yield Buffer.from(piece.bytes);
  }
}
