import { expect, test } from 'vitest';

import { cutToWidth, padToWidth, textWidth } from '../../src/report/text-width.ts';
import { wrapWords } from '../../src/report/wrap-words.ts';

test.each([
  ['zlib', 4],
  ['', 0],
  ['名前', 4],
  ['ｚｌｉｂ', 8],
  ['한국어', 6],
  ['e\u0301te\u0301', 3],
  ['👩‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['⠋ Solving', 9],
  ['━━╌╌', 4],
  ['a\u200bb', 2],
])('%s takes %i columns', (text, columns) => {
  expect(textWidth(text)).toBe(columns);
});

test.each([
  ['abcdef', 4, 'abc…'],
  ['abcd', 4, 'abcd'],
  ['名前です', 5, '名前…'],
  ['名前です', 6, '名前…'],
  ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
  ['名', 1, '…'],
  ['名', 0, ''],
])('%s in %i columns is %s', (text, columns, shown) => {
  expect(cutToWidth(text, columns, '…')).toBe(shown);
  expect(textWidth(cutToWidth(text, columns, '…'))).toBeLessThanOrEqual(columns);
  expect(textWidth(padToWidth(text, 20))).toBe(20);
});

test('lines are broken at blanks, and long words stay whole', () => {
  expect(wrapWords('one two three\nfour', 9)).toBe('one two\nthree\nfour');
  expect(wrapWords('see http://example.org/a/long/path now', 12)).toBe(
    'see\nhttp://example.org/a/long/path\nnow',
  );
  expect(wrapWords('構建 構建 構建', 8)).toBe('構建\n構建\n構建');
});
