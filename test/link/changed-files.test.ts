import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { ExtractedPackage } from '../../src/model/package-files.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';
import { makeExtractedPackage } from '../helpers/extracted-package.ts';

let env: TestEnvironment;
beforeEach(() => {
  env = createTestEnvironment();
});
afterEach(() => env.dispose());

describe('files that somebody changed', () => {
  /** As an editor does: another file of the same name, younger than the record. */
  function edit(file: string, content: string): void {
    const whole = path.join(env.prefix, file);
    rmSync(whole);
    writeFileSync(whole, content);
    utimesSync(whole, new Date(), new Date(Date.now() + 5000));
  }
  const kept = (text: string): unknown => ({ kind: 'warning', code: 'CHANGED_FILES_KEPT', text });

  test('stay when their package goes, and are told of', async () => {
    await env.change([env.make('a 1', { files: { 'etc/a': 'as it came', 'etc/b': 'b', 'lib/c': 'c' } })]);
    edit('etc/a', 'as I want');
    edit('lib/c', 'c');
    await env.change([]);
    expect(env.tree()).toEqual({ 'etc/a': '644 as I want' });
    expect(env.events).toContainEqual(kept('A file of a had been changed and is kept: etc/a'));
  });

  test('are put aside when the new package has them too, and come back when that goes', async () => {
    await env.change([env.make('a 1', { files: { 'etc/a': '1', 'etc/b': '1', 'etc/link': { link: 'a' } } })]);
    edit('etc/a', 'mine');
    edit('etc/b', 'mine');
    await env.change([env.make('a 2', { files: { 'etc/a': '2' } })], { pathConflict: 'prevent' });
    const aside = '__clobbers__/.user/etc/a';
    expect(env.tree()).toEqual({ 'etc/a': '644 2', 'etc/b': '644 mine', [aside]: '644 mine' });
    expect(env.events).toContainEqual(kept(`2 files of a had been changed and are kept: ${aside}, etc/b`));
    await env.change([]);
    expect(env.tree()).toEqual({ 'etc/a': '644 mine', 'etc/b': '644 mine' });
  });

  test('stay where another package gets their place back', async () => {
    const [a, b] = ['a', 'b'].map((name) => env.make(name, { files: { 'etc/x': name } })) as [
      ExtractedPackage,
      ExtractedPackage,
    ];
    await env.change([a, b]);
    edit('etc/x', 'mine');
    await env.change([b]);
    const aside = '__clobbers__/.user/etc/x';
    expect(env.tree()).toEqual({ 'etc/x': '644 b', [aside]: '644 mine' });
    expect(env.events).toContainEqual(kept(`A file of a had been changed and is kept: ${aside}`));
    edit('etc/x', 'mine too');
    await env.change([a]);
    expect(env.tree()).toEqual({ 'etc/x': '644 a', [aside]: '644 mine', [`${aside}.1`]: '644 mine too' });
    await env.change([]);
    expect(env.tree()).toEqual({ 'etc/x': '644 mine', [`${aside}.1`]: '644 mine too' });
  });

  test('are also those in place of a symlink, and scripts of commands', async () => {
    const python = env.make('python 3.12.1', { files: { 'bin/python3.12': '' } });
    const tool = env.make('tool 1', {
      noarch: 'python',
      entryPoints: ['tool = tool:main', 'other = tool:main'],
      files: { 'lib/link': { link: 'x' }, 'lib/same': { link: 'y' } },
    });
    await env.change([python, tool]);
    edit('lib/link', 'a file');
    edit('bin/tool', '#!/bin/sh');
    await env.change([python]);
    const left = { 'bin/python3.12': '644 ', 'bin/tool': '644 #!/bin/sh', 'lib/link': '644 a file' };
    expect(env.tree()).toEqual(left);
    expect(env.events).toContainEqual(
      kept('2 files of tool had been changed and are kept: lib/link, bin/tool'),
    );
  });

  test('are replaced for good by who mends the package', async () => {
    const a = env.make('a 1', { files: { 'etc/a': '1' } });
    await env.change([a]);
    edit('etc/a', 'broken');
    await env.change([a], { adopts: true, reinstall: new Set(['a']) });
    expect(env.tree()).toEqual({ 'etc/a': '644 1' });
  });
});

describe('a package whose files in the cache are not as they came', () => {
  const files = { 'lib/a': 'as it came', 'lib/b': 'b' };
  test.each([
    ['a file is missing', 'lib/a', undefined],
    ['a file is shorter', 'lib/a', 'as'],
    ['its list of files is cut off', 'info/paths.json', '{"paths": ['],
  ])('is provided anew: %s', async (_, file, content) => {
    const [a, other] = [env.make('a', { files }), env.make('b', { files: { 'lib/c': 'c' } })];
    if (content === undefined) rmSync(path.join(a.directory, file));
    else writeFileSync(path.join(a.directory, file), content);
    const asked: string[] = [];
    await env.change([a, other], {
      safetyChecks: 'enabled',
      provideAgain: async (damaged) => {
        asked.push(...damaged.map(({ record }) => record.name));
        return damaged.map(() => makeExtractedPackage(path.join(env.root, 'again'), 'a', { files }));
      },
    });
    expect(asked).toEqual(['a']);
    expect(env.tree()).toEqual({ 'lib/a': '644 as it came', 'lib/b': '644 b', 'lib/c': '644 c' });
    expect(env.events).toContainEqual(
      expect.objectContaining({
        kind: 'warning',
        text: expect.stringContaining('The package cache has a-1.0-0.conda not as it came') as string,
      }),
    );
  });

  test('is taken as it is, or refused, where that fails', async () => {
    const a = env.make('a', { files });
    writeFileSync(path.join(a.directory, 'lib/a'), 'as');
    const provideAgain = async (): Promise<never> => Promise.reject(new Error('no network'));
    await expect(env.change([a], { safetyChecks: 'enabled', provideAgain })).rejects.toMatchObject({
      code: 'PACKAGE_DAMAGED',
    });
    expect(env.tree()).toEqual({});
    await env.change([a], { provideAgain });
    expect(env.tree()).toEqual({ 'lib/a': '644 as', 'lib/b': '644 b' });
  });
});
