import { randomBytes } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { decompressZstd, decompressZstdSync } from '../../src/io/zstd.ts';
import { compressZstdSync } from '../helpers/zstd.ts';

const LIMITS = { maxBytes: 64 * 1024 * 1024 };
const text = Buffer.from('conda '.repeat(500_000));
const noise = randomBytes(1_500_000);

async function streamed(bytes: Uint8Array, chunk: number, limits = LIMITS): Promise<Buffer> {
  const parts: Buffer[] = [];
  const source = (async function* () {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  })();
  for await (const part of decompressZstd(source, limits)) parts.push(part);
  return Buffer.concat(parts);
}

describe('zstd', () => {
  test.each([
    ['text', text],
    ['noise', noise],
    ['nothing', Buffer.alloc(0)],
    ['exactly one buffer', Buffer.alloc(512 * 1024, 7)],
  ])('gives back %s, whole and in pieces', async (_, bytes) => {
    const packed = compressZstdSync(bytes);
    expect(decompressZstdSync(packed, LIMITS).equals(bytes)).toBe(true);
    expect((await streamed(packed, 997)).equals(bytes)).toBe(true);
    expect((await streamed(packed, packed.length)).equals(bytes)).toBe(true);
  });

  test('reads frames that follow one another', async () => {
    const packed = Buffer.concat([compressZstdSync(text), compressZstdSync(noise)]);
    expect((await streamed(packed, 64 * 1024)).equals(Buffer.concat([text, noise]))).toBe(true);
    expect(decompressZstdSync(packed, LIMITS).length).toBe(text.length + noise.length);
  });

  test.each([
    ['cut off', compressZstdSync(noise).subarray(0, 700_000)],
    ['not zstd', Buffer.from('{"packages": {}}')],
    ['empty', Buffer.alloc(0)],
  ])('refuses what is %s', async (_, bytes) => {
    expect(() => decompressZstdSync(bytes, LIMITS)).toThrow(
      expect.objectContaining({ code: 'ZSTD_INVALID' }),
    );
    await expect(streamed(bytes, 1000)).rejects.toMatchObject({ code: 'ZSTD_INVALID' });
  });

  test('stops at the limit, long before a bomb has gone off', async () => {
    const bomb = compressZstdSync(Buffer.alloc(300 * 1024 * 1024));
    const limits = { maxBytes: 1024 * 1024 };
    expect(() => decompressZstdSync(bomb, limits)).toThrow(expect.objectContaining({ code: 'ZSTD_INVALID' }));
    await expect(streamed(bomb, 1000, limits)).rejects.toMatchObject({ code: 'ZSTD_INVALID' });
  });
});
