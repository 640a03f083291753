import { expect, test } from 'vitest';

import { quotePath } from '../../src/archive/quote-path.ts';

test.each([
  ['plain/grüße.txt', "'plain/grüße.txt'"],
  ['a\u001b[2Jb\n', String.raw`'a\u001b[2Jb\u000a'`],
  ['\u202etxt.exe', String.raw`'\u202etxt.exe'`],
  ['x'.repeat(1000), `'${'x'.repeat(200)}…'`],
])('%j', (name, shown) => {
  expect(quotePath(name)).toBe(shown);
});
