import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as yaml from 'yaml';

import { parseCondarc } from '../../src/config/condarc.ts';
import { plainValueOf, type RawValue } from '../../src/config/raw-value.ts';
import { parseSimpleCondarc } from '../../src/config/simple-condarc.ts';

const WORDS =
  'a|channels|https://h/c|numpy 1.26|x>=1|\'q u\'|"d"|~|null|true|Yes|0|12|007|1.5|1e3|.inf|-1|+1|0x1|a:b|a: b|- a|#c|&a|*a|!t|' +
  '>|%|@|[a, b]|[a,, b]|[]|[a|{a: b}|{}|?|é|::|a#b|a b|$X/y|${X}|--- |...|<<';
const WORD = fc.constantFrom('|', ...WORDS.split('|'));
const COMMENT = fc.constantFrom('', ' # c', ' #!final', ' #!top', '  #!bottom', '#x', '\t# t');
const LINE = fc.oneof(
  fc.tuple(
    fc.constantFrom('a', 'b', 'c', 'd_e', 'A', '1', '"q"'),
    fc.constantFrom(': ', ':', ':  ', ' : '),
    WORD,
    COMMENT,
  ),
  fc.tuple(fc.constantFrom('- ', '  - ', ' - ', '-', '    - '), WORD, COMMENT),
  fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(':', ': ', ': # c', ': #!final')),
  fc.tuple(fc.constantFrom('', '  ', '# c', '  # c', '\t')),
);
const FILE = fc.array(LINE, { maxLength: 6 }).map((lines) => lines.map((parts) => parts.join('')).join('\n'));

test('what is read without a YAML parser, a YAML parser reads alike', () => {
  fc.assert(
    fc.property(FILE, (text) => {
      const simple = parseSimpleCondarc(text);
      if (simple === undefined) return;
      const parsed = parseCondarc(text, yaml);
      expect(parsed.kind === 'read' ? [...parsed.values].map(show) : parsed).toEqual([...simple].map(show));
    }),
    { numRuns: 3000 },
  );
});

function show([key, raw]: readonly [string, RawValue]): unknown {
  const flags = raw.kind === 'list' ? raw.items.map(({ flag }) => flag) : [];
  return [key, plainValueOf(raw), raw.flag, flags];
}
