import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { formatYamlScalar } from '../../src/report/yaml-scalar.ts';

// As conda's writer, ruamel.yaml in its default version of YAML, writes each as a value of a mapping.
test.each([
  ['zlib=1.3=h0_0', 'zlib=1.3=h0_0'],
  ["python[version='>=3.9']", "python[version='>=3.9']"],
  ['/opt/my envs/e1', '/opt/my envs/e1'],
  ["it's", "it's"],
  ['a#b', 'a#b'],
  ['a: b', "'a: b'"],
  ['a #b', "'a #b'"],
  ['a:', "'a:'"],
  ['C:\\x', 'C:\\x'],
  ['12:30:45', '12:30:45'],
  ['-e .', '-e .'],
  ['- x', "'- x'"],
  ['*', "'*'"],
  ['@x', "'@x'"],
  ["'x'", `"'x'"`],
  ['"x"', `'"x"'`],
  ["# it's", `"# it's"`],
  ['', "''"],
  [' x', "' x'"],
  ['x ', "'x '"],
  ['1', "'1'"],
  ['1.0', "'1.0'"],
  ['010', "'010'"],
  ['1e3', "'1e3'"],
  ['1.2.3', '1.2.3'],
  ['_1', '_1'],
  ['true', "'true'"],
  ['yes', 'yes'],
  ['null', "'null'"],
  ['~', "'~'"],
  ['2026-01-31', "'2026-01-31'"],
  ['---', "'---'"],
  ['a\nb', '"a\\nb"'],
  ['a\tb', '"a\\tb"'],
  ['ü', 'ü'],
])('%j', (text, scalar) => expect(formatYamlScalar(text)).toBe(scalar));

test('whoever reads it has the text again', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom(...'\'":#-?[]{},&*!|>%@`~ .\n\t\\019+_exobtruefalsnlyTZ'.split('')),
      maxLength: 8,
    }),
  );
  fc.assert(
    fc.property(text, (value) => {
      const scalar = formatYamlScalar(value);
      expect(scalar).not.toContain('\n');
      expect(parse(`key: ${scalar}\nlist:\n  - ${scalar}\n`)).toEqual({ key: value, list: [value] });
    }),
    { numRuns: 2000 },
  );
});
