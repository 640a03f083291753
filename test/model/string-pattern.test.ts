import { describe, expect, test } from 'vitest';

import { RegexError } from '../../src/model/regex-character.ts';
import { matchesPattern, parseStringPattern } from '../../src/model/string-pattern.ts';

const matches = (pattern: string, value: string): boolean =>
  matchesPattern(parseStringPattern(pattern), value);

describe.each([
  ['py310_0', ['py310_0', 'PY310_0'], ['py310_01', '']],
  ['*', ['', 'a'], []],
  ['py*', ['py', 'py3'], ['apy']],
  ['*_cpython', ['h1_cpython'], ['h1_cpython_']],
  ['*a*b*', ['ab', 'xaxbx', 'aab'], ['ba', 'a']],
  ['a*a', ['aa', 'axa'], ['a']],
  ['a?[b].c*', ['a?[b].cd'], ['ax[b].c', 'a?b.c']],
  ['^py3(10|11)_\\d+$', ['py310_0', 'PY311_12'], ['py312_0', 'py310_', 'xpy310_0']],
  ['^.*(accelerate|mkl)$', ['x_mkl'], ['mkl_x']],
  ['^(?=.*red.*)(?:red_.*)$', ['red_1'], ['xred_1']],
  ['^(?!.*cuda).*_0$', ['cpu_0'], ['cuda_0']],
  ['^a{2,3}b?c+$', ['aac', 'aaabcc'], ['ac', 'aaaac', 'aab']],
  ['^[^a-c]\\w[\\d_]$', ['dx1', 'é__'], ['ax1', 'd-1']],
  ['^[]a]+[-x]$', ['a]-', 'ax'], ['b-']],
  ['^(a|ab)(c|bcd)$', ['abcd', 'ac'], ['abc d']],
  ['^\\bfoo\\b.*$', ['foo-bar'], ['foobar']],
])('%s', (pattern, yes, no) => {
  test.each(yes)('takes %j', (value) => expect(matches(pattern, value)).toBe(true));
  test.each(no)('leaves %j', (value) => expect(matches(pattern, value)).toBe(false));
});

test.each([
  '^($',
  '^)$',
  '^[a$',
  '^*$',
  '^a**$',
  '^a++$',
  '^(a)\\1$',
  '^(?<=a)b$',
  '^a{3,2}$',
  '^(((a{99}){99}){99})$',
  '^(((){999}){999}){999}$',
  `^${'a'.repeat(1000)}$`,
])('%s is refused', (pattern) => {
  expect(() => parseStringPattern(pattern)).toThrow(RegexError);
});
