import { ZSTDDecoder } from 'zstddec/stream';

import { FrameSplitter } from './zstd-frames.ts';

const decoder = new ZSTDDecoder();
// Loading this module is loading the decoder: whoever has it can call it at once.
await decoder.init();

/**
 * Decompresses one whole frame, a buffer at a time. For machines whose Node has no zstd and where the addon can't be built: about
 * half as fast, and it holds the compressed frame in memory.
 * @throws {Error} when the frame is damaged
 */
export function* decodeFrame(frame: Uint8Array): Generator<Buffer> {
  let wasEmpty = false;
  for (const part of decoder.decodeStreaming([frame])) {
    // It says nothing of an error, but gives nothing from then on.
    if (part.length === 0 && wasEmpty) throw new Error('a block is damaged');
    wasEmpty = part.length === 0;
    if (!wasEmpty) yield Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  }
}

/** The frames of `bytes`, decompressed. @throws {Error} when they are damaged or cut off */
export function* decodeFrames(bytes: Uint8Array): Generator<Buffer> {
  const splitter = new FrameSplitter();
  for (const piece of splitter.push(bytes)) {
    if (!piece.isLast) break;
    yield* decodeFrame(piece.bytes);
  }
  if (!splitter.isBetweenFrames || bytes.length === 0) throw new Error('it ends too early');
}
