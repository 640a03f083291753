import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decodeBzip2 } from '../../src/io/bzip2-decode.ts';
import { encodeBzip2 } from '../../src/archive/bzip2-encode.ts';
import { TcondaError } from '../../src/errors.ts';

const encode = (...chunks: readonly Uint8Array[]) => Buffer.concat([...encodeBzip2(chunks)]);
const decode = (...chunks: readonly Uint8Array[]) => Buffer.concat([...decodeBzip2(chunks)]);

/** `printf 'hello hello hello\n' | bzip2` and `head -c 300000 /dev/zero | bzip2 -1` of the reference program. */
const HELLO = Buffer.from('QlpoOTFBWSZTWeW18wkAAARRAAAQQAACRKAAIbUYDAKQacKjC7kinChIctr5hIA=', 'base64');
const ZEROS = Buffer.from('QlpoMTFBWSZTWd9HTW8AAkxAgMAABAAACCAAMMwFKaYURsRRHi7kinChIb6Omt4=', 'base64');

describe('decodeBzip2', () => {
  test('reads what the reference program wrote', () => {
    expect(decode(HELLO).toString()).toBe('hello hello hello\n');
    expect(decode(ZEROS).equals(Buffer.alloc(300_000))).toBe(true);
  });

  test('reads several streams in a row, at any cut', () => {
    const both = Buffer.concat([HELLO, ZEROS, HELLO]);
    for (const cut of [1, 3, HELLO.length - 1, HELLO.length, HELLO.length + 1, both.length - 1]) {
      expect(decode(both.subarray(0, cut), both.subarray(cut)).length).toBe(300_036);
    }
  });

  test('refuses every truncation', () => {
    for (let length = 0; length < HELLO.length; length += 1) {
      expect(() => decode(HELLO.subarray(0, length)), `cut at ${length}`).toThrow(
        expect.objectContaining({ code: 'INVALID_ARCHIVE' }),
      );
    }
  });

  test('refuses every changed bit but those of padding', () => {
    const outcomes = Array.from({ length: HELLO.length * 8 }, (_, bit) => {
      const changed = Buffer.from(HELLO);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return outcomeOf(() => decode(changed).toString());
    });
    // The level may be another: it says only how large blocks may be.
    const accepted = outcomes.filter((outcome) => outcome === 'hello hello hello\n').length;
    expect(new Set(outcomes)).toEqual(new Set(['hello hello hello\n', 'INVALID_ARCHIVE']));
    expect(accepted).toBeLessThan(24);
  });
});

describe('encodeBzip2', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('x')],
    ['a run of 4', Buffer.alloc(4, 7)],
    ['a run of 255', Buffer.alloc(255, 7)],
    ['a run of 259', Buffer.alloc(259, 7)],
    ['a run over several blocks', Buffer.alloc(60_000_000)],
    ['a period', Buffer.from('abc'.repeat(1000))],
    ['a period over several blocks', Buffer.from('abcdefghij'.repeat(200_000))],
    ['all bytes', Buffer.from(Array.from({ length: 256 }, (_, i) => 255 - i))],
    ['noise over several blocks', noise(2_000_000)],
  ])('%s comes back', (_, bytes) => {
    expect(decode(encode(bytes)).equals(bytes)).toBe(true);
  });

  test('any bytes come back, and the same bytes give the same bytes', () => {
    const few = fc.uint8Array({ max: 3, maxLength: 3000 });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 2000 }), few), fc.nat(), (bytes, cut) => {
        const encoded = encode(bytes);
        expect(decode(encoded)).toEqual(Buffer.from(bytes));
        const at = bytes.length === 0 ? 0 : cut % bytes.length;
        expect(encode(bytes.subarray(0, at), bytes.subarray(at)).equals(encoded)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('is about as small as the reference program', () => {
    const text = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `line ${i} of ${i % 17}\n`).join(''));
    // bzip2 -9 gives 41415 bytes.
    expect(encode(text).length).toBeLessThan(41415 * 1.02);
  });
});

/** What comes out, or the code of the error. */
function outcomeOf(action: () => string): unknown {
  try {
    return action();
  } catch (error) {
    return error instanceof TcondaError ? error.code : error;
  }
}

/** Bytes without pattern, the same each time. */
function noise(length: number): Buffer {
  let state = 42;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    }),
  );
}
