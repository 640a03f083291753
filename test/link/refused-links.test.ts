import { lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';
import { readTree } from '../helpers/extracted-package.ts';

let env: TestEnvironment;
beforeEach(() => {
  env = createTestEnvironment();
});
afterEach(() => env.dispose());

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
