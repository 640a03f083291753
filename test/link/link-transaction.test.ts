import {
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { ExtractedPackage } from '../../src/model/package-files.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';
import { makeExtractedPackage, readTree } from '../helpers/extracted-package.ts';

let env: TestEnvironment;
beforeEach(() => {
  env = createTestEnvironment();
});
afterEach(() => env.dispose());

const placeholder = `/opt/${'p'.repeat(250)}`;

describe('linkTransaction', () => {
  test('links files, symlinks and directories, and replaces placeholders', async () => {
    const a = env.make('a 1.0', {
      files: {
        'bin/tool': {
          content: `#!${placeholder}/bin/sh\necho hi\n`,
          mode: 0o755,
          prefix_placeholder: placeholder,
          file_mode: 'text',
        },
        'lib/b.so': {
          content: `x${placeholder}/lib\0rest`,
          prefix_placeholder: placeholder,
          file_mode: 'binary',
        },
        'lib/plain': 'text',
        'lib/link': { link: 'plain' },
        'var/empty': { directory: true },
      },
    });
    await env.change([a]);
    expect(env.tree()).toEqual({
      'bin/tool': `755 #!${env.prefix}/bin/sh\necho hi\n`,
      'lib/b.so': `644 x${env.prefix}/lib${'\0'.repeat(placeholder.length - env.prefix.length + 1)}rest`,
      'lib/plain': '644 text',
      'lib/link': '-> plain',
      'var/empty': '/',
    });
    const [record] = (await env.load()).records;
    expect(record?.files).toEqual(['bin/tool', 'lib/b.so', 'lib/plain', 'lib/link']);
    expect(record?.link).toEqual({ source: a.directory, type: 1 });
    expect(record?.paths_data.paths.map((entry) => [entry._path, entry.path_type])).toEqual([
      ['var/empty', 'directory'],
      ['bin/tool', 'hardlink'],
      ['lib/b.so', 'hardlink'],
      ['lib/plain', 'hardlink'],
      ['lib/link', 'softlink'],
    ]);
    const [, tool, , plain] = record?.paths_data.paths ?? [];
    expect(tool?.sha256_in_prefix).not.toBe(tool?.sha256);
    expect(plain?.sha256_in_prefix).toBe(plain?.sha256);
    await env.change([]);
    expect(env.tree()).toEqual({});
  });

  test.each([
    [{}, 1],
    [{ alwaysCopy: true }, 3],
    [{ alwaysSoftlink: true }, 2],
  ])('takes files from the cache by %j', async (options, type) => {
    const a = env.make('a 1', { files: { plain: 'text', fixed: { content: 'copy me', no_link: true } } });
    await env.change([a], options);
    const inCache = statSync(path.join(a.directory, 'plain'));
    const inPrefix = lstatSync(path.join(env.prefix, 'plain'));
    expect(inPrefix.ino === inCache.ino).toBe(type === 1);
    expect(inPrefix.isSymbolicLink()).toBe(type === 2);
    expect(lstatSync(path.join(env.prefix, 'fixed')).ino).not.toBe(
      statSync(path.join(a.directory, 'fixed')).ino,
    );
    expect(readFileSync(path.join(env.prefix, 'plain'), 'utf8')).toBe('text');
    expect((await env.load()).records[0]?.link?.type).toBe(type);
  });

  test('gives a path to the one with precedence, and to the next when that leaves', async () => {
    const make = (name: string, depends: string[] = []) =>
      env.make(name, { depends, files: { 'share/x': name } });
    const [one, two, three] = [make('a', ['c']), make('b'), make('c')];
    await env.change([two, three]);
    expect(env.tree()).toEqual({ 'share/x': '644 b', '__clobbers__/c/share/x': '644 c' });
    await env.change([one, two, three]);
    expect(env.tree()).toEqual({
      'share/x': '644 a',
      '__clobbers__/b/share/x': '644 b',
      '__clobbers__/c/share/x': '644 c',
    });
    expect((await env.load()).records[1]?.paths_data.paths).toMatchObject([
      { _path: '__clobbers__/b/share/x', original_path: 'share/x' },
    ]);
    await env.change([two, three]);
    expect(env.tree()).toEqual({ 'share/x': '644 b', '__clobbers__/c/share/x': '644 c' });
    await env.change([three]);
    expect(env.tree()).toEqual({ 'share/x': '644 c' });
    await env.change([]);
    expect(env.tree()).toEqual({});
  });

  test('tells of clobbering, or refuses it', async () => {
    const pair = ['a', 'b'].map((name) => env.make(name, { files: { 'share/x': name, 'share/y': name } }));
    const texts = (): readonly string[] =>
      env.events.flatMap((event) =>
        event.kind === 'warning' && event.code === 'CLOBBER' ? [event.text] : [],
      );
    await expect(env.change(pair, { pathConflict: 'prevent' })).rejects.toMatchObject({
      code: 'CLOBBER',
      message: 'a and b have share/x, and so it is with 1 more',
      hint: 'Allow it with --clobber\na and b have share/y',
      data: {
        path: 'share/x',
        packages: ['a', 'b'],
        kind: 'shared',
        conflicts: [{ path: 'share/x' }, { path: 'share/y' }],
      },
    });
    await env.change(pair, { pathConflict: 'silent' });
    expect(texts()).toEqual([]);
    await env.change([]);
    await env.change(pair);
    const sum = '2 paths are in more than one package, such as share/x in a and b';
    expect(texts()).toEqual([`${sum}; \`path_conflict: warn\` tells of each`]);
    await env.change([]);
    await env.change(pair, { pathConflict: 'warn' });
    expect(texts().slice(1)).toEqual([
      'a and b have share/x; that of a is used',
      'a and b have share/y; that of a is used',
    ]);
    await env.change(pair.slice(1));
    await expect(env.change(pair, { pathConflict: 'prevent' })).rejects.toMatchObject({
      data: { kind: 'known' },
    });
    await env.change([]);
    mkdirSync(path.join(env.prefix, 'share'), { recursive: true });
    writeFileSync(path.join(env.prefix, 'share/x'), 'mine');
    await expect(env.change(pair.slice(0, 1), { pathConflict: 'prevent' })).rejects.toMatchObject({
      message: 'share/x of a is there already, and of no package',
      data: { path: 'share/x', packages: ['a'], kind: 'unknown' },
    });
    expect(readFileSync(path.join(env.prefix, 'share/x'), 'utf8')).toBe('mine');
    await env.change(pair.slice(0, 1));
    expect(texts().at(-1)).toBe(
      'share/x of a is there already, and of no package; it is kept as __clobbers__/.user/share/x',
    );
  });

  test('leaves a file that conda let two packages have', async () => {
    const pair = ['a', 'b'].map((name) => env.make(name, { files: { 'share/x': name } }));
    await env.change(pair);
    const file = path.join(env.prefix, 'conda-meta', 'b-1.0-0.json');
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replaceAll('__clobbers__/b/', '')
        .replace(/,\s*"original_path": "share\/x"/, ''),
    );
    rmSync(path.join(env.prefix, '__clobbers__'), { recursive: true });
    await env.change(pair.slice(0, 1));
    expect(env.tree()).toEqual({ 'share/x': '644 a' });
  });

  test('keeps what belongs to nobody, and gives it its place back', async () => {
    mkdirSync(path.join(env.prefix, 'etc'), { recursive: true });
    writeFileSync(path.join(env.prefix, 'etc/rc'), 'mine');
    await env.change([env.make('a', { files: { 'etc/rc': 'theirs' } })]);
    expect(env.tree()).toEqual({ 'etc/rc': '644 theirs', '__clobbers__/.user/etc/rc': '644 mine' });
    expect(env.events).toContainEqual(expect.objectContaining({ kind: 'warning', code: 'CLOBBER' }));
    await env.change([]);
    expect(env.tree()).toEqual({ 'etc/rc': '644 mine' });
  });

  test('makes an environment of nothing', async () => {
    await env.change([]);
    expect(await env.load()).toMatchObject({ exists: true, records: [] });
    expect(Object.keys(readTree(env.prefix))).toEqual(['conda-meta/created_at', 'conda-meta/history']);
  });

  test('writes again the record of a package that is asked for now', async () => {
    const [a, b] = [env.make('a', { files: { a: 'a' } }), env.make('b', { files: { b: 'b' } })];
    await env.change([a]);
    await env.change([a, b], { requestedSpecs: new Map([['a', ['a >=1']]]) });
    expect((await env.load()).records.map((record) => record.requested_specs)).toEqual([['a >=1'], []]);
    await env.change([a, b], { reinstall: new Set(['a']) });
    expect((await env.load()).records[0]?.requested_specs).toEqual(['a >=1']);
  });

  test("takes none of the environment's own away, by whatever symlink a record reaches it", async () => {
    await env.change([env.make('a', { files: { 'm/history': 'x', 'm/a-1.0-0.json': 'x' } })]);
    rmSync(path.join(env.prefix, 'm'), { recursive: true });
    symlinkSync('conda-meta', path.join(env.prefix, 'm'));
    await env.change([env.make('b')]);
    expect(Object.keys(readTree(env.prefix))).toContain('conda-meta/history');
    expect((await env.load()).records.map(({ name }) => name)).toEqual(['b']);
  });

  test('puts files through symlinked directories where they really are', async () => {
    const links = env.make('links', { files: { lib64: { link: 'lib' }, 'lib/real': 'real' } });
    const user = env.make('user', { files: { 'lib64/through': 'through', 'lib64/deep/er': 'deep' } });
    await env.change([user, links]);
    expect(env.tree()).toEqual({
      lib64: '-> lib',
      'lib/real': '644 real',
      'lib/through': '644 through',
      'lib/deep/er': '644 deep',
    });
    const clash = env.make('clash', { files: { 'lib/through': 'direct' } });
    await env.change([user, links, clash]);
    expect(env.tree()).toMatchObject({
      'lib/through': '644 direct',
      '__clobbers__/user/lib64/through': '644 through',
    });
    await env.change([]);
    expect(env.tree()).toEqual({});
  });
});

describe('nothing changes when', () => {
  test('a package lists what it does not have', async () => {
    const a = env.make('a', { files: { 'lib/x': 'x', 'lib/y': 'y' } });
    rmSync(path.join(a.directory, 'lib/y'));
    await expect(env.change([a])).rejects.toMatchObject({ code: 'PACKAGE_DAMAGED' });
    expect(lstatSync(env.root).isDirectory()).toBe(true);
    expect(lstatSync(path.dirname(env.prefix), { throwIfNoEntry: false })).toBeUndefined();
  });

  test('a file has another size than its package says, if that is wanted', async () => {
    const a = env.make('a', { files: { 'lib/x': 'x' } });
    writeFileSync(path.join(a.directory, 'lib/x'), 'changed');
    await expect(env.change([a], { safetyChecks: 'enabled' })).rejects.toMatchObject({
      code: 'PACKAGE_DAMAGED',
    });
    await env.change([a]);
    expect(env.events).toContainEqual(expect.objectContaining({ code: 'PACKAGE_DAMAGED' }));
  });

  test.each([
    ['a symlink of the same change', { evil: { link: '../..' } }, {}],
    ['a symlink of another package', {}, { evil: { link: '../..' } }],
  ])('a file would leave the prefix through %s', async (_, own, others) => {
    const [first, second] = [
      env.make('first', { files: others }),
      env.make('second', { files: { ...own, 'evil/file': 'gotcha' } }),
    ];
    const before = Object.keys(others).length > 0;
    if (before) await env.change([first]);
    await expect(env.change([first, second])).rejects.toMatchObject({ code: 'CLOBBER' });
    expect(Object.keys(env.tree())).toEqual(before ? ['evil'] : []);
  });

  test('a file would leave the prefix through a symlink of the user', async () => {
    mkdirSync(env.prefix, { recursive: true });
    symlinkSync(env.root, path.join(env.prefix, 'out'));
    await expect(env.change([env.make('a', { files: { 'out/x': 'x' } })])).rejects.toMatchObject({
      code: 'CLOBBER',
    });
  });

  test.each([
    ['a file and a directory of two packages', { x: 'file' }, { 'x/y': 'inside' }],
    ['a directory in the way that is not empty', { 'x/y': 'inside' }, { x: 'file' }],
  ])('there is %s', async (_, one, two) => {
    const pair = [env.make('a', { files: one }), env.make('b', { files: two })];
    await expect(env.change(pair)).rejects.toMatchObject({ code: 'CLOBBER' });
    await env.change(pair.slice(0, 1));
    const before = env.tree();
    await expect(env.change(pair)).rejects.toMatchObject({ code: 'CLOBBER' });
    expect(env.tree()).toEqual(before);
  });

  test.each([
    ['by a symlink of another package', { m: { link: 'conda-meta' } }, { 'm/b-1-0.json': '{}' }],
    ['by a symlink, as a directory', { m: { link: 'conda-meta' } }, { 'm/b': { directory: true } }],
    ['in another case', {}, { 'Conda-Meta/b-1-0.json': '{}' }],
    ['among files that gave way', {}, { '__clobbers__/.user/x': 'not yours' }],
  ] as const)("a file would lie in what is the environment's own: %s", async (_, one, two) => {
    const [a, b] = [env.make('a', { files: one }), env.make('b', { files: two })];
    await env.change([a]);
    const before = readTree(env.prefix);
    await expect(env.change([a, b])).rejects.toMatchObject({ code: 'UNSAFE_ARCHIVE' });
    expect(readTree(env.prefix)).toEqual(before);
  });

  test('the path of the prefix has no room in a binary', async () => {
    const a = env.make('a', {
      files: { 'lib/x': { content: '/short\0', prefix_placeholder: '/short', file_mode: 'binary' } },
    });
    await expect(env.change([a])).rejects.toMatchObject({
      code: 'PREFIX_TOO_LONG',
      message: expect.stringMatching(/^lib\/x of a-1.0-0.conda: /) as string,
    });
    expect(lstatSync(path.dirname(env.prefix), { throwIfNoEntry: false })).toBeUndefined();
  });
});

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

describe('a package that is not as it says', () => {
  test.each([
    ['of another size', 'longer than it was', {}],
    ['of the same size', 'xx', { extraSafetyChecks: true }],
  ])('with a file %s is a warning, an error, or nothing, as wanted', async (_, content, more) => {
    const a = env.make('a 1', { files: { 'lib/a': 'ok' } });
    writeFileSync(path.join(a.directory, 'lib/a'), content);
    await expect(env.change([a], { ...more, safetyChecks: 'enabled' })).rejects.toMatchObject({
      code: 'PACKAGE_DAMAGED',
    });
    expect(env.tree()).toEqual({});
    await env.change([a], more);
    expect(env.events.filter((event) => event.kind === 'warning')).toMatchObject([
      { code: 'PACKAGE_DAMAGED' },
    ]);
    await env.change([]);
    await env.change([a], { safetyChecks: 'disabled' });
    expect(env.events.filter((event) => event.kind === 'warning')).toHaveLength(1);
  });
});
