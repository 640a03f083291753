import { describe, expect, test } from 'vitest';

import { loadFrameDecoder } from '../../src/io/zstd-decoder-wasm.ts';
import { compressZstdSync, CONTENTS } from '../helpers/zstd.ts';

const { decodeFrames } = await loadFrameDecoder();
const decoded = (bytes: Uint8Array): Buffer => Buffer.concat([...decodeFrames(bytes)]);

describe('zstd without native code', () => {
  test.each(CONTENTS)('reads %s as native code wrote it, at every window', (_, content) => {
    for (const level of [1, 19, 22])
      expect(decoded(compressZstdSync(content, level)).equals(content)).toBe(true);
  });

  test('reads frames that follow one another', () => {
    const both = Buffer.concat([compressZstdSync(Buffer.from('one ')), compressZstdSync(Buffer.from('two'))]);
    expect(decoded(both).toString()).toBe('one two');
  });

  test('ends with an error on whatever is damaged', () => {
    const whole = compressZstdSync(
      Buffer.from('some text that repeats, some text that repeats '.repeat(2000)),
    );
    for (let at = 4; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      let length = 0;
      try {
        length = decoded(damaged).length;
      } catch {
        continue;
      }
      // A changed literal can't be noticed without a checksum; a changed length can.
      expect(length).toBeLessThan(1_000_000);
    }
    expect(() => decoded(whole.subarray(0, -3))).toThrow('it ends too early');
    expect(() => decoded(Buffer.from('no zstd at all'))).toThrow(Error);
  });
});
