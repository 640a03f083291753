import { expect, test } from 'vitest';

import { parseMatchSpec } from '../../src/model/match-spec-text.ts';
import { relaxSpec } from '../../src/solve/relax-spec.ts';

test.each([
  ['numpy', []],
  ['*py*', []],
  ['numpy >=1.21', [['numpy']]],
  ['numpy 1.21.*', [['numpy 1.*'], ['numpy >=1.21', 'numpy <1.21'], ['numpy']]],
  ['numpy 1.*', [['numpy >=1', 'numpy <1'], ['numpy']]],
  ['numpy==1.21.3', [['numpy 1.21.*'], ['numpy 1.*'], ['numpy >=1.21.3', 'numpy <1.21.3'], ['numpy']]],
  ['numpy=1.21=py39_0', [['numpy 1.21'], ['numpy 1.*'], ['numpy >=1.21', 'numpy <1.21'], ['numpy']]],
  ['numpy * py39*', [['numpy']]],
  [
    'numpy >=1.20,<1.22,!=1.21',
    [['numpy <1.22,!=1.21', 'numpy >=1.20,!=1.21', 'numpy >=1.20,<1.22'], ['numpy']],
  ],
  ['numpy >=1|<0.5', [['numpy']]],
  ['forge::numpy >=1', [['numpy >=1'], ['numpy']]],
  ['forge::numpy * py39*', [['numpy * py39*'], ['numpy']]],
  ['forge::numpy', [['numpy']]],
  ['numpy[md5=0123456789abcdef0123456789abcdef]', [['numpy']]],
])('%s', (text, expected) => {
  expect(relaxSpec(parseMatchSpec(text)).map((step) => step.map((spec) => spec.text))).toEqual(expected);
});

test('every text parses to what is tried', () => {
  for (const step of relaxSpec(parseMatchSpec('forge::numpy 1.21.* py39*'))) {
    for (const spec of step) expect(parseMatchSpec(spec.text)).toMatchObject({ version: spec.version });
  }
});
