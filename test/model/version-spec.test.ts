import { describe, expect, test } from 'vitest';

import { formatVersionSpec, matchesVersion, parseVersionSpec } from '../../src/model/version-spec.ts';
import { parseVersion } from '../../src/model/version.ts';

const matches = (spec: string, version: string): boolean =>
  matchesVersion(parseVersionSpec(spec), parseVersion(version));

describe.each([
  ['*', ['1', '1!0a'], []],
  ['1.0', ['1.0.0', '1'], ['1.0.1', '1.0+foo']],
  ['=1.0', ['1', '1.0a', '1.0.5', '1.0+foo'], ['1.01', '1.1']],
  ['1.0*', ['1.0.5'], ['1.01']],
  ['!=1.0', ['1.0.1'], ['1.0.0']],
  ['!=1.0.*', ['1.1'], ['1.0.1']],
  ['>=1.0.*', ['1.0', '2'], ['0.9']],
  ['==1.0.*', ['1.0'], ['1.0.1']],
  ['~=1.4.2', ['1.4.2', '1.4.9'], ['1.4.1', '1.5']],
  ['~=1', ['1', '2'], ['0.9']],
  ['1.*.3', ['1.7.3'], ['1.7.4', '1.3']],
  ['2.*.*', ['2.1.0'], ['2.1']],
  ['^1\\.[5-8]\\.1$', ['1.5.1', '1.8.1'], ['1.9.1', '1.5.11']],
  ['^(1|2)\\..*$|3', ['1.0', '2.5', '3'], ['13', '4']],
  ['=1.0|2.0', ['1.0.7', '2'], ['2.0.1']],
  ['>=1|<2,>3', ['1', '4'], ['0.5']],
  ['(>=1|<2),>3', ['4'], ['1', '3']],
  ['>=1,(<2|>3)', ['1.5', '4'], ['2.5']],
  ['@1.0', [], ['1.0']],
])('%s', (spec, yes, no) => {
  test.each(yes)('takes %s', (version) => expect(matches(spec, version)).toBe(true));
  test.each(no)('leaves %s', (version) => expect(matches(spec, version)).toBe(false));
});

test.each([
  ['', 0],
  ['>=1.0,', 6],
  ['|1', 0],
  ['(1', 0],
  ['()', 1],
  ['1)', 1],
  ['1(2)', 1],
  ['>=(1)', 0],
  ['>= 1', 2],
  ['1,=>2', 2],
  ['=!1', 0],
  ['>1>2', 2],
  ['1.2$', 0],
  ['1,^a(', 2],
  ['1,^a($', 4],
  ['~=1.0.*', 0],
  ['1,2..3', 4],
  ['('.repeat(65), 64],
])('%j is refused at %i', (spec, position) => {
  expect(() => parseVersionSpec(spec)).toThrow(
    expect.objectContaining({
      code: 'INVALID_VERSION_SPEC',
      data: expect.objectContaining({ spec, position }) as unknown,
    }) as Error,
  );
});

test.each([
  [' >=1.0 ,<2 ', '>=1.0,<2'],
  ['1.0*', '1.0.*'],
  ['((1|2),3)', '(1|2),3'],
  ['(>=1,<2)|>3', '>=1,<2|>3'],
  ['1,(2,(3,4))', '1,2,3,4'],
])('%s is written %s', (spec, text) => {
  expect(formatVersionSpec(parseVersionSpec(spec))).toBe(text);
  expect(formatVersionSpec(parseVersionSpec(text))).toBe(text);
});
