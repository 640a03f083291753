import { expect, test } from 'vitest';

import { mergeMatchSpecs } from '../../src/model/match-spec-merge.ts';
import { formatMatchSpec, parseMatchSpec } from '../../src/model/match-spec-text.ts';

const merge = (...texts: readonly string[]): readonly string[] =>
  mergeMatchSpecs(texts.map((text) => parseMatchSpec(text))).map(formatMatchSpec);

test('asks for all at once, and keeps the meaning of alternatives', () => {
  expect(merge('a>=1|<0', 'a<5', 'b', 'a * py*')).toEqual(["a[version='<5,(>=1|<0)',build=py*]", 'b']);
});

test('leaves patterns of names alone', () => {
  expect(merge('a*>=1', 'a*<2', 'a')).toEqual(['a', "a*[version='<2']", "a*[version='>=1']"]);
});

test.each([
  ['a=1=x', 'a=1=y'],
  ['a[subdir=noarch]', 'a[subdir=linux-64]'],
  ['x::a', 'y::a'],
])('%s and %s contradict each other', (...texts) => {
  expect(() => merge(...texts)).toThrow(/contradict/);
});
