import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { foldsCase, readPrefixTree } from '../../src/link/prefix-tree.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';

let env: TestEnvironment;
beforeEach(() => {
  env = createTestEnvironment();
});
afterEach(() => env.dispose());

/** The paths of an environment for this platform, wherever it is made. */
const linked = async (
  subdir: string,
  packages: Parameters<TestEnvironment['change']>[0],
): Promise<readonly string[]> => {
  await env.change(packages, { subdir, canRun: false });
  return Object.keys(env.tree());
};

describe.each(['osx-arm64', 'win-64'])('on %s paths that differ in their case alone are one', (subdir) => {
  test('of two packages', async () => {
    const a = env.make('a', { subdir, files: { 'share/Read.me': 'a', 'share/a': '' } });
    const b = env.make('b', { subdir, files: { 'share/READ.ME': 'b', 'share/b': '' } });
    const both = ['__clobbers__/b/share/READ.ME', 'share/Read.me', 'share/a', 'share/b'];
    expect(await linked(subdir, [a, b])).toEqual(both);
    expect(await linked(subdir, [b])).toEqual(['share/READ.ME', 'share/b']);
    expect(await linked(subdir, [b, a])).toEqual(both);
    expect(await linked(subdir, [])).toEqual([]);
  });

  test('of one package, whose first keeps its place', async () => {
    const a = env.make('a', { subdir, files: { 'share/x': '1', 'share/X': '2' } });
    expect(await linked(subdir, [a])).toEqual(['__clobbers__/a/share/X', 'share/x']);
    expect(await linked(subdir, [])).toEqual([]);
  });

  test('of a package that takes the place of another: the new spelling stays', async () => {
    await linked(subdir, [env.make('a 1', { subdir, files: { 'share/x': '1' } })]);
    expect(await linked(subdir, [env.make('a 2', { subdir, files: { 'share/X': '2' } })])).toEqual([
      'share/X',
    ]);
  });

  test('and refused where conflicts are', async () => {
    const pair = ['x', 'X'].map((file, index) => env.make(`p${index}`, { subdir, files: { [file]: '' } }));
    const change = env.change(pair, { subdir, canRun: false, pathConflict: 'prevent' });
    await expect(change).rejects.toMatchObject({ message: 'p0 and p1 have x' });
  });
});

test('on Linux they are two', async () => {
  const pair = ['x', 'X'].map((file, index) => env.make(`p${index}`, { files: { [file]: '' } }));
  expect(await linked('linux-64', pair)).toEqual(['X', 'x']);
  expect(env.events.filter(({ kind }) => kind === 'warning')).toEqual([]);
});

test('where the file system takes them for one, a file is found by any of its spellings', () => {
  mkdirSync(path.join(env.prefix, 'Lib/Sub'), { recursive: true });
  writeFileSync(path.join(env.prefix, 'Lib/Sub/File'), '');
  const kinds = (folds: boolean): readonly string[] => {
    const tree = readPrefixTree(env.prefix, false, folds);
    // Of a directory the system would read what is in it by this spelling, too.
    return ['Lib/Sub/file', 'lib', 'Lib/sub', 'Lib/Sub/File', 'Lib/Sub/other'].map((file) =>
      tree.kindOf(file),
    );
  };
  expect(kinds(true)).toEqual(['file', 'directory', 'directory', 'file', 'missing']);
  expect(kinds(false)).toEqual(['missing', 'missing', 'missing', 'file', 'missing']);
  mkdirSync(path.join(env.prefix, 'conda-meta'));
  expect(foldsCase(env.prefix)).toBe(false);
  mkdirSync(path.join(env.prefix, 'CONDA-META'));
  expect(foldsCase(env.prefix)).toBe(true);
});
