import { expect, test } from 'vitest';

import { holdsCondition, parseCondition } from '../../src/model/match-spec-condition.ts';
import { formatMatchSpec } from '../../src/model/match-spec-text.ts';

const TRUE = new Set(['a', '__unix', "python[version='>=3.6']", "b[build='x and y']"]);
const holds = (text: string): boolean =>
  holdsCondition(parseCondition(text), (spec) => TRUE.has(formatMatchSpec(spec)));

test.each([
  ['a', true],
  ['pandoc', false],
  ['a and z', false],
  ['z or a', true],
  ['a or a and z', true],
  ['(a or a) and z', false],
  ['((a) and (z or (__unix)))', true],
  ['python >=3.6 and __unix', true],
  ['python>=3.6', true],
  ['python[version=\\">=3.6\\"] and a', true],
  ["b[build='x and y'] and a", true],
])('%s: %s', (text, expected) => {
  expect(holds(text)).toBe(expected);
});

test.each([
  '',
  'and',
  'a and',
  'a or or b',
  '(a',
  'a)',
  '()',
  'a[when=b]',
  '('.repeat(1000),
  'a ==',
  'a (b)',
])('%j is refused', (text) => {
  expect(() => parseCondition(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_MATCH_SPEC' }) as Error,
  );
});
