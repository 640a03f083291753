import { describe, expect, test } from 'vitest';

import { formatBuildForm, formatMatchSpec, parseMatchSpec } from '../../src/model/match-spec-text.ts';
import { matchesRecord } from '../../src/model/match-spec.ts';
import type { MatchableRecord } from '../../src/model/match-spec.ts';
import { parsePackageName } from '../../src/model/package-name.ts';
import { DEFAULT_CHANNEL_SETTINGS } from '../../src/model/spec-channel.ts';

const canonical = (text: string): string => formatMatchSpec(parseMatchSpec(text));

describe('canonical form', () => {
  test.each([
    [['foo', 'Foo', 'foo ', 'foo=', 'foo # why', 'foo(optional)'], 'foo'],
    [
      ['foo=1.0', 'foo =1.0', 'foo = 1.0', 'foo 1.0.*', 'foo=1.0*', 'foo==1.0.*', "foo[version='=1.0']"],
      'foo=1.0',
    ],
    [['foo 1.0', 'foo==1.0', 'foo == 1.0', 'foo[version=1.0]'], 'foo==1.0'],
    [['foo 1.0 b_0', 'foo=1.0=b_0', 'foo==1.0=b_0', 'foo =1.0 b_0', 'foo 1.0=b_0'], 'foo==1.0=b_0'],
    [['foo=1.0=*', 'foo 1.0 *'], 'foo==1.0[build=*]'],
    [['foo=1.0.*=*'], 'foo=1.0[build=*]'],
    [
      ['foo>=1.0,<2=py_0', 'foo >=1.0 , < 2 py_0', 'foo >=1.0,<2   py_0 '],
      "foo[version='>=1.0,<2',build=py_0]",
    ],
    [['foo * py*', 'foo=*=py*'], 'foo[build=py*]'],
    [['foo!=1.0'], 'foo!=1.0'],
    [['foo=1.0|2.0'], "foo[version='=1.0|2.0']"],
    [['conda-forge/linux-64::foo>=1'], "conda-forge/linux-64::foo[version='>=1']"],
    [['*/linux-64::foo'], 'foo[subdir=linux-64]'],
    [['pkgs/main::foo', 'foo[channel=pkgs/main]'], 'defaults::foo'],
    [['https://conda.anaconda.org/conda-forge::foo'], 'conda-forge::foo'],
    [['https://repo.anaconda.com/pkgs/main::foo'], 'https://repo.anaconda.com/pkgs/main::foo'],
    [['https://user:pw@h.org/t/secret/c::foo'], 'https://h.org/c::foo'],
    [['/x/foo-1.0-0.conda'], '*[url=file:///x/foo-1.0-0.conda]'],
    [['mkl@'], '*[track_features=mkl]'],
    [['', '*', '* *'], '*'],
    [['* 1.0'], '*==1.0'],
    [['^py(thon|py)[0-9]$ >=3'], "^py(thon|py)[0-9]$[version='>=3']"],
    [['conda-forge::^a:b$'], 'conda-forge::^a:b$'],
    [["foo[fn='a#b', license=MIT]"], "foo[license=mit,fn='a#b']"],
    [['foo[channel="conda-forge[linux-64,noarch]"]'], "foo[channel='conda-forge[linux-64,noarch]']"],
    [
      ["foo[when=\"a and b[build='x']\", extras=[z, 'y']]"],
      "foo[when='a and b[build='x']',extras=['y', 'z']]",
    ],
  ])('%j', (texts, expected) => {
    for (const text of texts) expect([text, canonical(text)]).toEqual([text, expected]);
    expect(canonical(expected)).toBe(expected);
  });

  test('no form of a spec holds credentials', () => {
    for (const text of [
      'https://user:pw@h.org/t/tk-1/c::foo',
      'https://user:pw@h.org/t/tk-1/c/linux-64/foo-1-0.conda',
      'foo[url=https://user:pw@h.org/t/tk-1/c/linux-64/foo-1-0.conda]',
    ]) {
      expect(JSON.stringify(parseMatchSpec(text))).not.toMatch(/pw|tk-1/);
      expect(canonical(text)).not.toMatch(/pw|tk-1/);
    }
  });
});

test.each([
  ['foo ^1\\.[0-9]$ py*', "foo[version='^1\\.[0-9]$',build=py*]"],
  ['foo ^(?:1|2)$ ^py(3|4)[0-9]$', "foo[version='^(?:1|2)$',build='^py(3|4)[0-9]$']"],
  ['foo=1.0=^py[0-9]+$', "foo==1.0[build='^py[0-9]+$']"],
  ['c::foo>=1,^2[0-9]$', "c::foo[version='>=1,^2[0-9]$']"],
  ['foo * ^a(b|c)$[subdir=noarch]', "foo[subdir=noarch,build='^a(b|c)$']"],
  ['foo[build=^a(b|c)$]', "foo[build='^a(b|c)$']"],
  ['^a[bc]$ ^1[0]$ ^b(c)$', "^a[bc]$[version='^1[0]$',build='^b(c)$']"],
])('the signs in a regular expression are its own: %s', (text, expected) => {
  const spec = parseMatchSpec(text);
  expect([formatMatchSpec(spec), spec.notes]).toEqual([expected, []]);
});

test.each([
  ['Foo', 'foo'],
  ['foo=1.0', 'foo 1.0.*'],
  ['foo[build=b]', 'foo * b'],
  ['c::foo>=1[md5=ab]', 'foo >=1'],
  ['foo*', undefined],
])('%s in the form of recipes is %s', (text, expected) => {
  expect(formatBuildForm(parseMatchSpec(text))).toBe(expected);
});

test.each([
  ['numpy==', 5],
  ['numpy= ', 5],
  ['numpy >=1.0,', 12],
  ['numpy<>1', 5],
  ['=1.0', 0],
  [' ', 1],
  ['# numpy', 0],
  ['foo[build=]', 10],
  ['foo[build', 3],
  ['foo]', 3],
  ['foo[nope=1]', 4],
  ['foo[version=1, nope=1]', 15],
  ['  foo[build', 5],
  ['foo1.2 1..2', 9],
  ['foo >= 1..2', 9],
  ['foo =1..2', 7],
  ["foo[version='>=1,1..2']", 19],
  ['chan::pkg--name', 6],
  ['foo[when=a,when=b]', 3],
  ['foo[extras=[a,,b]]', 14],
  ['foo[build=a][version=1]', 3],
  ['pkg--name', 0],
  ['pkg/x', 3],
  ['foo[build="^($"]', 1],
])('%j is refused at %i', (text, position) => {
  expect(() => parseMatchSpec(text)).toThrow(
    expect.objectContaining({
      code: 'INVALID_MATCH_SPEC',
      data: expect.objectContaining({ spec: text, position }) as unknown,
    }) as Error,
  );
});

test.each([
  ['tensorflow[name=evil]', "'name' in brackets is ignored"],
  ['foo[a,b]', "'a' in brackets is ignored, since it is not of the form key=value"],
  ['foo (>=1,<2)', "'(>=1,<2)' is ignored; a version in parentheses is written [version='(>=1,<2)']"],
  ['foo if python>=3', "'if python>=3' is ignored; a condition is written [when='python>=3']"],
])('of %s a note says what is read over', (text, note) => {
  expect(parseMatchSpec(text).notes[0]).toBe(note);
});

test('the same text gives the same spec, but not under other settings', () => {
  const channels = { ...DEFAULT_CHANNEL_SETTINGS, channelAlias: 'https://my.org' };
  expect(parseMatchSpec('a::b')).toBe(parseMatchSpec('a::b'));
  expect(parseMatchSpec('a::b', { channels }).channel).toMatchObject({
    channel: { baseUrl: 'https://my.org/a' },
  });
});

describe('matching', () => {
  const record: MatchableRecord = {
    name: parsePackageName('numpy'),
    version: '1.26.4',
    build: 'py312_0',
    build_number: 12,
    subdir: 'linux-64',
    channel: 'https://conda.anaconda.org/conda-forge',
    schannel: 'conda-forge',
    fn: 'numpy-1.26.4-py312_0.conda',
    url: 'https://conda.anaconda.org/conda-forge/linux-64/numpy-1.26.4-py312_0.conda',
    license: 'BSD-3-Clause',
    track_features: ['mkl', 'debug'],
    flags: ['cuda', 'blas:mkl'],
  };

  test.each([
    'numpy',
    'NumPy 1.26.* PY312*',
    'n*y',
    '^num(py|ba)$',
    '*',
    'numpy[build_number=12]',
    "numpy[build_number='>=9']",
    'conda-forge::numpy',
    'conda-forge/linux-64::numpy',
    'https://conda.anaconda.org/conda-forge::numpy',
    'numpy[channel=conda-*]',
    "numpy[channel='conda-forge[linux-64]']",
    'numpy[license=bsd*]',
    'numpy[track_features=mkl]',
    'numpy[flags=[cuda, blas:*]]',
    'numpy[extras=[docs]]',
    "numpy[when='python >=99']",
  ])('%s', (text) => {
    expect(matchesRecord(parseMatchSpec(text), record)).toBe(true);
  });

  test.each([
    'numba',
    'numpy=1.2',
    'numpy * py31',
    'numpy[build_number=1]',
    'conda-forge/label/dev::numpy',
    'conda-forge/noarch::numpy',
    'https://other.org/conda-forge::numpy',
    "numpy[channel='conda-forge[noarch]']",
    'numpy[md5=0123]',
    'numpy[license_family=BSD]',
    "numpy[track_features='mkl nomkl']",
    'numpy[flags=[cuda, mpi:*]]',
  ])('not %s', (text) => {
    expect(matchesRecord(parseMatchSpec(text), record)).toBe(false);
  });

  test('a version that is none matches only what does not look at it', () => {
    const odd = { ...record, version: '1..2' };
    expect(matchesRecord(parseMatchSpec('numpy'), odd)).toBe(true);
    expect(matchesRecord(parseMatchSpec('numpy *'), odd)).toBe(true);
    expect(matchesRecord(parseMatchSpec('numpy >=1'), odd)).toBe(false);
  });
});
