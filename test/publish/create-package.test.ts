import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { extractArchive, readInfoFiles, readPackageInfo } from '../../src/archive/index.ts';
import { createPackage } from '../../src/publish/index.ts';
import { layFiles, makePackage } from '../helpers/make-package.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tconda-create-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const PLACEHOLDER = `/opt/${'x'.repeat(60)}`;

test('describes every path', async () => {
  const { file, paths } = await makePackage(directory, 'demo 1.0 h_0', {
    placeholder: PLACEHOLDER,
    noLink: ['etc/conf'],
    files: {
      'bin/run': { content: `#!${PLACEHOLDER}/bin/sh\n`, mode: 0o755 },
      'lib/lib.so': { content: `\0${PLACEHOLDER}/lib\0` },
      'lib/link': { link: 'other' },
      'lib/other': { link: '../bin/run' },
      'lib/dangling': { link: 'nowhere' },
      'lib/outside': { link: '/etc/passwd' },
      'etc/conf': 'plain',
      'var/empty': { directory: true },
    },
  });
  const run = { sha256: expect.stringMatching(/^[0-9a-f]{64}$/), size_in_bytes: 75 };
  expect(paths.paths).toEqual([
    { _path: 'bin/run', path_type: 'hardlink', file_mode: 'text', prefix_placeholder: PLACEHOLDER, ...run },
    expect.objectContaining({ _path: 'etc/conf', no_link: true }),
    { _path: 'lib/dangling', path_type: 'softlink' },
    expect.objectContaining({ _path: 'lib/lib.so', file_mode: 'binary', prefix_placeholder: PLACEHOLDER }),
    { _path: 'lib/link', path_type: 'softlink', ...run },
    { _path: 'lib/other', path_type: 'softlink', ...run },
    { _path: 'lib/outside', path_type: 'softlink' },
    { _path: 'var/empty', path_type: 'directory' },
  ]);
  const read = await readPackageInfo(file);
  expect(read.paths).toEqual(paths);
});

test('finds a placeholder across the border of what is read at once', async () => {
  const content = `${'x'.repeat(1024 * 1024 - 10)}${PLACEHOLDER}`;
  const { paths } = await makePackage(directory, 'demo', {
    placeholder: PLACEHOLDER,
    files: { big: content, small: 'y' },
  });
  expect(paths.paths.map(({ file_mode: mode }) => mode)).toEqual(['text', undefined]);
});

test('writes all metadata', async () => {
  const { file } = await makePackage(directory, 'demo 1.0 py_3', {
    format: '.tar.bz2',
    index: {
      noarch: 'python',
      depends: ['python >=3.8'],
      constrains: ['other <2'],
      track_features: ['a', 'b'],
      license: 'MIT',
      timestamp: 1_700_000_000_000,
    },
    entryPoints: ['demo = demo:main'],
    runExports: { weak: ['demo >=1'] },
    about: { summary: 'A demo' },
    info: { 'licenses/LICENSE': 'free' },
    files: { 'site-packages/demo.py': 'def main(): pass\n' },
  });
  expect(await readPackageInfo(file)).toMatchObject({
    index: {
      name: 'demo',
      build_number: 3,
      depends: ['python >=3.8'],
      constrains: ['other <2'],
      track_features: ['a', 'b'],
      timestamp: 1_700_000_000_000,
    },
    link: { noarch: { type: 'python', entry_points: ['demo = demo:main'] } },
    runExports: { weak: ['demo >=1'] },
    about: { summary: 'A demo' },
  });
  const files = await readInfoFiles(file);
  expect(files.get('info/licenses/LICENSE')?.toString()).toBe('free');
  expect(JSON.parse(files.get('info/index.json')?.toString() ?? '')).toMatchObject({ track_features: 'a b' });
});

test('the same tree gives the same bytes, elsewhere and later', async () => {
  const files = { 'bin/x': { content: 'x', mode: 0o755 }, 'lib/y': 'y', 'lib/z': { link: 'y' } };
  for (const format of ['.conda', '.tar.bz2'] as const) {
    const one = await makePackage(path.join(directory, 'one'), 'demo', { files, format });
    const two = await makePackage(path.join(directory, 'two'), 'demo', {
      files: Object.fromEntries(Object.entries(files).toReversed()),
      format,
    });
    expect(two.sha256).toBe(one.sha256);
  }
});

test('hardlinks within the tree stay hardlinks', async () => {
  const tree = path.join(directory, 'tree');
  layFiles(tree, { 'lib/a': 'content' });
  linkSync(path.join(tree, 'lib/a'), path.join(tree, 'lib/b'));
  const { file } = await createPackage({
    tree,
    outputDirectory: directory,
    index: { name: 'demo', version: '1', build: '0', subdir: 'noarch', noarch: 'generic' },
  });
  const out = path.join(directory, 'out');
  mkdirSync(out);
  await extractArchive(file, out);
  expect(readFileSync(path.join(out, 'lib/b'), 'utf8')).toBe('content');
});

describe('refuses', () => {
  test.each(['Has Space', '-dash', '__virtual', 'a'.repeat(65), 'ünï'])('the name %j', async (name) => {
    const attempt = createPackage({
      tree: directory,
      outputDirectory: directory,
      index: { name, version: '1', build: '0', subdir: 'noarch' },
    });
    await expect(attempt).rejects.toMatchObject({ code: expect.stringMatching(/^INVALID_PACKAGE/) });
  });

  test.each([
    ['1-2', '0'],
    ['1', 'a-b'],
    ['', '0'],
    ['1', '../0'],
  ])('version %j, build %j', async (version, build) => {
    const attempt = createPackage({
      tree: directory,
      outputDirectory: directory,
      index: { name: 'a', version, build, subdir: 'noarch' },
    });
    await expect(attempt).rejects.toMatchObject({ code: 'INVALID_PACKAGE_INFO' });
  });

  test.each(['info', 'conda-meta'])('a tree with %s', async (name) => {
    const attempt = makePackage(directory, 'demo', { files: { [`${name}/x`]: 'x' } });
    await expect(attempt).rejects.toMatchObject({ code: 'INVALID_PACKAGE_INFO' });
    expect(readdirSync(directory)).toEqual([]);
  });
});
