import { expect, test } from 'vitest';

import { neuteredSpecs } from '../../src/specs/index.ts';
import { pkg } from '../helpers/pkg.ts';

const RECORDS = [pkg('zlib 1.3.1 h_0'), pkg('prefixed 2.0 h_0'), pkg('package 0.2.0 h_0')];

test('a former request that is no longer met is one for what is there now', () => {
  const history = new Map([
    ['zlib', 'zlib'],
    ['prefixed', 'prefixed=1'],
    ['package', 'package==0.2.0'],
    ['gone', 'gone=1'],
  ]);
  expect(neuteredSpecs(history, RECORDS)).toEqual(['prefixed==2.0']);
});

test('a text of another tool that is no spec is left alone', () => {
  expect(neuteredSpecs(new Map([['zlib', 'zlib[version']]), RECORDS)).toEqual([]);
});
