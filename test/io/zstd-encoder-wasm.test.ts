import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { loadWasmEncoder } from '../../src/io/zstd-encoder-wasm.ts';
import { FrameSplitter } from '../../src/io/zstd-frames.ts';
import { decompressZstdSync } from '../../src/io/zstd.ts';
import { CONTENTS } from '../helpers/zstd.ts';

const encoder = await loadWasmEncoder();

async function streamed(chunks: Iterable<Uint8Array>, level: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of encoder.stream(chunks, level)) parts.push(part);
  return Buffer.concat(parts);
}

function* cut(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The content of what must be one frame: readers of conda packages stop at the end of the first. */
function contentOf(packed: Buffer): Buffer {
  const frames = [...new FrameSplitter().push(packed)].filter(({ isLast }) => isLast);
  expect(frames).toHaveLength(1);
  return decompressZstdSync(packed, { maxBytes: 1e8 });
}

describe('zstd written without native code', () => {
  test.each(CONTENTS)('holds %s, in one frame, at every level', async (_, content) => {
    for (const level of [1, 16, 22]) {
      expect(contentOf(encoder.whole(content, level)).equals(content)).toBe(true);
      for (const size of [99_997, 400_000]) {
        // oxlint-disable-next-line no-await-in-loop -- they would wait for one another
        expect(contentOf(await streamed(cut(content, size), level)).equals(content)).toBe(true);
      }
    }
  });

  test('is smaller than what went in, and smaller at higher levels', async () => {
    const words = Array.from({ length: 60_000 }, (_, at) => `package-${(at * 7919) % 5003}`).join(' ');
    const small = encoder.whole(Buffer.from(words), 1).length;
    expect(small).toBeLessThan(words.length / 3);
    expect(encoder.whole(Buffer.from(words), 19).length).toBeLessThan(small);
    expect((await streamed([Buffer.from(words)], 19)).length).toBeLessThan(small);
  });

  test('lets streams that are asked for at once wait for one another, also after one failed or was left', async () => {
    const failing = (function* () {
      yield randomBytes(500_000);
      throw new Error('the disk is gone');
    })();
    const left = async (): Promise<void> => {
      for await (const _ of encoder.stream(cut(randomBytes(2_000_000), 1e5), 1)) break;
    };
    const results = await Promise.allSettled([
      ...CONTENTS.map(([, content]) => streamed(cut(content, 10_000), 3)),
      streamed(failing, 3),
      left(),
      ...CONTENTS.map(([, content]) => streamed(cut(content, 100_000), 20)),
    ]);
    const contents = results.flatMap((result) =>
      result.status === 'fulfilled' && result.value ? [contentOf(result.value)] : [],
    );
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    const wanted = CONTENTS.map(([, content]) => content);
    expect(contents.every((content, at) => content.equals([...wanted, ...wanted][at] ?? content))).toBe(true);
    expect(contents).toHaveLength(10);
  });
});
