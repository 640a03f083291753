import { describe, expect, test } from 'vitest';

import { TcondaError } from '../../src/errors.ts';
import {
  compareVersions,
  findVersion,
  formatVersion,
  isValidVersion,
  parseVersion,
  versionStartsWith,
} from '../../src/model/version.ts';

/** Ascending; those on one line are equal. */
const ORDER = `
0.9
1.0*
1.0dev
1.0_
1.0a
1.0alpha
1.0rc.1 1.rc.1
1.0.dev1 1.0.DEV1
1.0.a1
1.0+a
1 1.0 01.0 1.0.0.0 0!1 1.0+0 1-0 1_0
1.0+1
1.0.post 1.0.0post 1.0.post0
1.0.post1
1.0.1dev
1.0.1_ 1.0.1-
1.0.1a
1.0.1b
1.0.1
1.0.1post
1.0.10
1.0post
1.1.99999999999999999998
1.1.99999999999999999999 1.1.0099999999999999999999
1.2
2019a
2019b
2019
20240101123456.1
1!0.1+local
1!0.1
2!0
`
  .trim()
  .split('\n')
  .map((line) => line.split(' '));
const ALL = ORDER.flatMap((texts, rank) => texts.map((text) => ({ text, rank })));

describe('order', () => {
  test.each(ALL)('$text against all others', ({ text, rank }) => {
    const seen = ALL.map((other) => Math.sign(compareVersions(parseVersion(text), parseVersion(other.text))));
    expect(seen).toEqual(ALL.map((other) => Math.sign(rank - other.rank)));
  });
});

test.each([
  ['1.2g.beta15.rc', [0, 1, [2, 'g'], [0, 'beta', 15], [0, 'rc']], []],
  ['1!2.15.1_ALPHA', [1, 2, 15, 1, [0, 'alpha']], []],
  ['1!2.15.1alpha_', [1, 2, 15, [1, 'alpha_']], []],
  ['1.1_a_', [0, 1, 1, [0, 'a_']], []],
  ['2.0-', [0, 2, [0, '_']], []],
  ['v1.0', [0, [0, 'v', 1], 0], []],
  ['1.0.post', [0, 1, 0, [0, Infinity]], []],
  ['1.0post1', [0, 1, [0, Infinity, 1]], []],
  ['1.0dev', [0, 1, [0, 'DEV']], []],
  ['1.0+abc_1', [0, 1, 0], [[0, 'abc'], 1]],
  ['1.0post_', [0, 1, [0, 'post_']], []],
])('%s has the components of CEP 33', (text, segments, local) => {
  expect(parseVersion(text)).toMatchObject({ segments, local });
});

test.each([
  ['', 0],
  ['  ', 2],
  ['1..2', 2],
  ['1.', 2],
  ['_1', 0],
  ['1__2', 2],
  ['1.0 2', 3],
  ['1-2_3', 1],
  ['a!1', 0],
  ['1!2!3', 3],
  ['1!', 2],
  ['+1', 0],
  ['1+a+b', 3],
  ['1.0+', 4],
  ['1.é', 2],
])('%j is refused at %i', (text, position) => {
  let error: unknown;
  try {
    parseVersion(text);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(TcondaError);
  expect(error).toMatchObject({ code: 'INVALID_VERSION', data: { version: text, position } });
  expect(isValidVersion(text)).toBe(false);
  expect(findVersion(text)).toBeUndefined();
});

test('the text stays as it was written', () => {
  expect(formatVersion(parseVersion(' 1.0.0RC1 '))).toBe('1.0.0RC1');
});

test.each([
  ['1.0', '1', true],
  ['1', '1.0', true],
  ['1.01', '1.0', false],
  ['1.0a', '1.0', true],
  ['1.0+foo', '1.0', true],
  ['1.0', '1.0+foo', false],
  ['1.0+1.2', '1+1', true],
  ['1.2alpha', '1.2a', true],
  ['1.2.0a3', '1.2.a', true],
  ['1_a', '1_', false],
  ['1!1.0', '1', false],
])('%s begins with %s: %s', (version, prefix, expected) => {
  expect(versionStartsWith(parseVersion(version), parseVersion(prefix))).toBe(expected);
});
