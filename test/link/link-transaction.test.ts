import { lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';
import { makeRecord, readTree } from '../helpers/extracted-package.ts';

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

  test('gives back what another client put aside in the same way', async () => {
    const write = (name: string, file: string, more: object = {}): void => {
      const place = path.join(env.prefix, file);
      mkdirSync(path.dirname(place), { recursive: true });
      writeFileSync(place, name);
      const paths = [{ _path: file, path_type: 'hardlink', size_in_bytes: name.length, ...more }];
      const record = { ...makeRecord(name), files: [file], paths_data: { paths_version: 1, paths } };
      mkdirSync(path.join(env.prefix, 'conda-meta'), { recursive: true });
      writeFileSync(path.join(env.prefix, `conda-meta/${name}-1.0-0.json`), JSON.stringify(record));
      writeFileSync(path.join(env.prefix, 'conda-meta/history'), '');
    };
    write('winner', 'share/x');
    write('loser', '__clobbers__/loser/share/x', { original_path: 'share/x' });
    write('third', '__clobbers__/third/share/x', { original_path: 'share/x' });
    const keep = (...names: readonly string[]) => env.change(names.map((name) => env.make(name)));
    await keep('loser', 'third');
    expect(env.tree()).toEqual({ 'share/x': '644 loser', '__clobbers__/third/share/x': '644 third' });
    const { records } = await env.load();
    expect(records.find(({ name }) => name === 'loser')?.paths_data.paths).toEqual([
      { _path: 'share/x', path_type: 'hardlink', size_in_bytes: 5 },
    ]);
    await keep('third');
    expect(env.tree()).toEqual({ 'share/x': '644 third' });
    await keep();
    expect(env.tree()).toEqual({});
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
