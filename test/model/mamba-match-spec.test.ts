import { expect, test } from 'vitest';

import { parseMambaMatchSpec } from '../../src/model/mamba-match-spec.ts';
import { matchesRecord } from '../../src/model/match-spec.ts';
import { parseMatchSpec } from '../../src/model/match-spec-text.ts';
import { pkg } from '../helpers/pkg.ts';

const at = (subdir: string) =>
  pkg('numpy 1.26', { subdir, channel: 'https://conda.anaconda.org/conda-forge' });

test.each([
  ['conda-forge[win-64]::numpy', 'win-64', true],
  ['conda-forge[win-64]::numpy', 'linux-64', false],
  ['conda-forge[win-64]::numpy', 'noarch', false],
  ['conda-forge[win-64,noarch]::numpy >=1', 'noarch', true],
  ['conda-forge[win-64]::numpy[version=">=2"]', 'win-64', false],
  ['other[win-64]::numpy', 'win-64', false],
] as const)('%s and a record of %s: %s', (text, subdir, expected) => {
  expect(matchesRecord(parseMambaMatchSpec(text), at(subdir))).toBe(expected);
});

test.each(['numpy', 'conda-forge::numpy=1.26', 'numpy[subdir=win-64]', 'conda-forge[]::numpy'])(
  '%s is as conda reads it',
  (text) => {
    expect(parseMambaMatchSpec(text)).toEqual(parseMatchSpec(text));
  },
);
