import { ZSTDDecoder } from 'zstddec/stream';

import { FrameSplitter } from './zstd-frames.ts';

/** Decompresses whole frames, a buffer at a time. Both throw an `Error` when one is damaged, `decodeFrames` when one is cut off, too. */
export interface FrameDecoder {
  readonly decodeFrame: (frame: Uint8Array) => Generator<Buffer>;
  readonly decodeFrames: (bytes: Uint8Array) => Generator<Buffer>;
}

/**
 * Loads the decoder for machines whose Node has no zstd and where the addon can't be built: about half as fast, and it holds the
 * compressed frame in memory.
 */
export async function loadFrameDecoder(): Promise<FrameDecoder> {
  await decoder.init();
  return { decodeFrame, decodeFrames };
}

const decoder = new ZSTDDecoder();

function* decodeFrame(frame: Uint8Array): Generator<Buffer> {
  let wasEmpty = false;
  for (const part of decoder.decodeStreaming([frame])) {
    // It says nothing of an error, but gives nothing from then on.
    if (part.length === 0 && wasEmpty) throw new Error('a block is damaged');
    wasEmpty = part.length === 0;
    if (!wasEmpty) yield Buffer.from(part.buffer, part.byteOffset, part.byteLength);
  }
}

function* decodeFrames(bytes: Uint8Array): Generator<Buffer> {
  const splitter = new FrameSplitter();
  for (const piece of splitter.push(bytes)) {
    if (!piece.isLast) break;
    yield* decodeFrame(piece.bytes);
  }
  if (!splitter.isBetweenFrames || bytes.length === 0) throw new Error('it ends too early');
}
