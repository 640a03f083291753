import { encode, ExtData } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decodeMsgpack, MsgpackError } from '../../src/repodata/msgpack.ts';

const decode = (value: unknown) => decodeMsgpack(Buffer.from(encode(value)));

describe('decodeMsgpack', () => {
  test('gives back what another encoder wrote', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 }).filter((key) => key !== '__proto__');
    const leaf = fc.oneof(
      text,
      fc.integer(),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true }).map((number) => number + 0),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { maxLength: 20 }),
        fc.dictionary(text, tie('value'), { maxKeys: 20 }),
      ),
    }));
    fc.assert(
      fc.property(value, (any) => {
        expect(decode(any)).toEqual(any);
      }),
      { numRuns: 300 },
    );
  });

  test('reads every length', () => {
    for (const length of [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536]) {
      expect(decode('x'.repeat(length))).toBe('x'.repeat(length));
      expect(decode(Array.from({ length }, () => 1))).toHaveLength(length);
      expect(decode(new Uint8Array(length).fill(0xab))).toBe('ab'.repeat(length));
      const map = Object.fromEntries(Array.from({ length }, (_, key) => [`k${key}`, key]));
      expect(decode(map)).toEqual(map);
      expect(decode(['a', new ExtData(1, new Uint8Array(length)), 'b'])).toEqual(['a', undefined, 'b']);
    }
  });

  test('does not mix up texts that look alike', () => {
    const texts = ['é', 'Ã©', 'e', 'zlib >=1.2', 'zlib >=1.3', 'ab', 'ba', '\0', ''];
    expect(decode([...texts, ...texts])).toEqual([...texts, ...texts]);
  });

  test('can not be made to change what an object is', () => {
    const bytes = Buffer.from([0x82, 0xa9, ...Buffer.from('__proto__'), 0x81, 0xa1, 0x61, 1, 0xa1, 0x62, 2]);
    const value = decodeMsgpack(bytes);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value).toEqual({ b: 2 });
  });

  test.each([
    ['nothing', []],
    ['no type', [0xc1]],
    ['a list without members', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['a map without members', [0xdf, 0xff, 0xff, 0xff, 0xff]],
    ['a text without bytes', [0xdb, 0xff, 0xff, 0xff, 0xff]],
    ['a key that is no text', [0x81, 1, 1]],
    ['more behind the value', [1, 1]],
    ['endless nesting', Array.from({ length: 100_000 }, () => 0x91)],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeMsgpack(Buffer.from(bytes))).toThrow(MsgpackError);
  });

  test('never breaks but by its own error', () => {
    const outcome = (bytes: Uint8Array): unknown => {
      try {
        decodeMsgpack(Buffer.from(bytes));
        return 'a value';
      } catch (error) {
        return error;
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const result = outcome(bytes);
        expect(result === 'a value' || result instanceof MsgpackError).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});
