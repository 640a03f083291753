import fc from 'fast-check';
import { expect, test } from 'vitest';

import { findBytes } from '../../src/link/find-bytes.ts';

test('bytes are found in pieces as they are in the whole', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 });
  const wanted = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(text, wanted, fc.nat(45), fc.integer({ min: 1, max: 9 }), (content, part, from, piece) => {
      const [whole, bytes] = [Buffer.from(content), Buffer.from(part)];
      expect(findBytes(whole, bytes, from, piece)).toBe(whole.indexOf(bytes, from));
    }),
    { numRuns: 2000 },
  );
});
