import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { parseIndexJson } from '../../src/archive/index-json.ts';
import { loadPackageInfo } from '../../src/archive/index.ts';
import { parseLinkJson } from '../../src/archive/link-json.ts';
import { parseHasPrefix, parsePathsJson } from '../../src/archive/paths-json.ts';
import { parseRunExportsJson } from '../../src/archive/run-exports-json.ts';

const index = (fields: object) =>
  parseIndexJson(JSON.stringify({ name: 'a', version: '1', build: '0', ...fields }));

describe('index.json', () => {
  test.each<readonly [string, object, object]>([
    ['a name in capitals', { name: 'Foo' }, { name: 'foo' }],
    ['noarch as it was once', { noarch: true }, { noarch: 'generic', subdir: 'noarch' }],
    ['noarch that is not', { noarch: false, subdir: 'linux-64' }, { subdir: 'linux-64' }],
    ['a time in seconds', { timestamp: 1_500_000_000 }, { timestamp: 1_500_000_000_000 }],
    ['a time in milliseconds', { timestamp: 1_500_000_000_000 }, { timestamp: 1_500_000_000_000 }],
    ['features as text', { track_features: 'a, b' }, { track_features: ['a', 'b'] }],
    ['a number in quotes', { build_number: '7' }, { build_number: 7 }],
    ['null', { license: null, depends: null }, { depends: [] }],
    ['the platform of before subdirs', { platform: 'linux', arch: 'x86_64' }, { subdir: 'linux-64' }],
  ])('%s', (_, fields, expected) => {
    expect(index(fields)).toMatchObject(expected);
  });

  test.each<readonly [string, object]>([
    ['no version', { version: undefined }],
    ['a version that is a path', { version: '../../x' }],
    ['a build that is a path', { build: '/etc' }],
    ['a build with NUL', { build: 'a\0' }],
    ['dependencies that are no list', { depends: 'python' }],
    ['dependencies that are no texts', { depends: [1] }],
    ['a number that is none', { build_number: -1 }],
    ['an unknown noarch', { noarch: 'java' }],
  ])('with %s is refused', (_, fields) => {
    expect(() => index(fields)).toThrow(expect.objectContaining({ code: 'INVALID_PACKAGE_INFO' }));
  });

  test('a name that is a path is refused', () => {
    expect(() => index({ name: '../evil' })).toThrow(
      expect.objectContaining({ code: 'INVALID_PACKAGE_NAME' }),
    );
  });
});

const paths = (...entries: readonly object[]) =>
  parsePathsJson(JSON.stringify({ paths_version: 1, paths: entries }));

describe('paths.json', () => {
  test('fills in what is left out', () => {
    expect(
      paths(
        { _path: 'a' },
        { _path: './b//c', prefix_placeholder: '/x' },
        { _path: 'd', prefix_placeholder: '' },
      ).paths,
    ).toEqual([
      { _path: 'a', path_type: 'hardlink' },
      { _path: 'b/c', path_type: 'hardlink', prefix_placeholder: '/x', file_mode: 'text' },
      { _path: 'd', path_type: 'hardlink' },
    ]);
  });

  test.each(['../a', '/a', 'a/../../b', 'C:/a', 'info/index.json', 'conda-meta/history', '', '.'])(
    'refuses %j',
    (_path) => {
      expect(() => paths({ _path })).toThrow(expect.objectContaining({ code: 'UNSAFE_ARCHIVE' }));
    },
  );

  test.each<readonly [string, object]>([
    ['of another version', { paths_version: 2, paths: [] }],
    ['without paths', { paths_version: 1 }],
    ['with a path twice', { paths_version: 1, paths: [{ _path: 'a' }, { _path: './a' }] }],
    ['with an unknown type', { paths_version: 1, paths: [{ _path: 'a', path_type: 'fifo' }] }],
    ['with a digest that is none', { paths_version: 1, paths: [{ _path: 'a', sha256: 'abc' }] }],
  ])('%s is refused', (_, value) => {
    expect(() => parsePathsJson(JSON.stringify(value))).toThrow(
      expect.objectContaining({ code: 'INVALID_PACKAGE_INFO' }),
    );
  });
});

test('has_prefix, in all its forms', () => {
  const text = `bin/a\n/opt/x text bin/b\n"/opt/with space" binary 'lib/two words'\n`;
  expect(Object.fromEntries(parseHasPrefix(text))).toEqual({
    'bin/a': { prefix_placeholder: '/opt/anaconda1anaconda2anaconda3', file_mode: 'text' },
    'bin/b': { prefix_placeholder: '/opt/x', file_mode: 'text' },
    'lib/two words': { prefix_placeholder: '/opt/with space', file_mode: 'binary' },
  });
  for (const line of ['a b', 'a text b c', 'a other b']) {
    expect(() => parseHasPrefix(line)).toThrow(expect.objectContaining({ code: 'INVALID_PACKAGE_INFO' }));
  }
});

test('a package of before paths.json', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'tconda-info-'));
  try {
    mkdirSync(path.join(directory, 'info'));
    writeFileSync(path.join(directory, 'info/files'), 'bin/a\nbin/link\n\nlib/two words\n');
    writeFileSync(path.join(directory, 'info/has_prefix'), '/opt/x text bin/a\n');
    writeFileSync(path.join(directory, 'info/no_link'), 'lib/two words\n');
    mkdirSync(path.join(directory, 'bin'));
    symlinkSync('a', path.join(directory, 'bin/link'));
    expect(loadPackageInfo(directory)).toEqual({
      paths: {
        paths_version: 0,
        paths: [
          { _path: 'bin/a', path_type: 'hardlink', prefix_placeholder: '/opt/x', file_mode: 'text' },
          { _path: 'bin/link', path_type: 'softlink' },
          { _path: 'lib/two words', path_type: 'hardlink', no_link: true },
        ],
      },
      link: {},
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('link.json', () => {
  const link = (value: object) => parseLinkJson(JSON.stringify(value));
  expect(
    link({ package_metadata_version: 1, noarch: { type: 'python', entry_points: ['a = b:c'] } }),
  ).toEqual({
    noarch: { type: 'python', entry_points: ['a = b:c'] },
  });
  expect(link({ package_metadata_version: 1, noarch: { type: 'generic' } })).toEqual({
    noarch: { type: 'generic', entry_points: [] },
  });
  expect(() => link({ package_metadata_version: 2 })).toThrow(
    expect.objectContaining({ code: 'INVALID_PACKAGE_INFO' }),
  );
});

test('run_exports.json, as a list and as groups', () => {
  expect(parseRunExportsJson('["a >=1"]')).toEqual({ weak: ['a >=1'] });
  expect(parseRunExportsJson('{"strong": ["a"], "other": 1}')).toEqual({ strong: ['a'] });
  expect(() => parseRunExportsJson('{"weak": "a"}')).toThrow(
    expect.objectContaining({ code: 'INVALID_PACKAGE_INFO' }),
  );
});
