import { expect, test } from 'vitest';

import { plainText } from '../../src/report/plain-text.ts';

test.each([
  ['plain ünï 漢字', 'plain ünï 漢字'],
  ['\u001b[2J', '\\u001b[2J'],
  ['two\nlines\r', 'two\\nlines\\r'],
  ['\u009b31m', '\\u009b31m'],
  ['right\u202eleft', 'right\\u202eleft'],
  ['\u007f', '\\u007f'],
])('%j is shown as %s', (text, shown) => expect(plainText(text)).toBe(shown));
