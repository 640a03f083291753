import { lstatSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';

let env: TestEnvironment;
beforeEach(() => {
  env = createTestEnvironment();
});
afterEach(() => env.dispose());

const placeholder = `/opt/${'p'.repeat(250)}`;
const patched = (content: string, mode: number) => ({
  content,
  mode,
  prefix_placeholder: placeholder,
  file_mode: 'text' as const,
});
const inPrefix = (file: string): string => path.join(env.prefix, file);

describe('a file with a placeholder', () => {
  test.each([0o444, 0o555, 0o600, 0o644, 0o755, 0o775])('of mode %o keeps it', async (mode) => {
    const a = env.make('a', { files: { 'bin/a': patched(`in ${placeholder}`, mode) } });
    await env.change([a]);
    expect(statSync(inPrefix('bin/a')).mode & 0o7777).toBe(mode);
    expect(statSync(path.join(a.directory, 'bin/a')).mode & 0o7777).toBe(mode);
    expect(readFileSync(inPrefix('bin/a'), 'utf8')).toBe(`in ${env.prefix}`);
    // What nobody may write can be replaced and taken away all the same.
    await env.change([env.make('a 2.0', { files: { 'bin/a': patched(`2 ${placeholder}`, mode) } })]);
    expect(readFileSync(inPrefix('bin/a'), 'utf8')).toBe(`2 ${env.prefix}`);
    await env.change([]);
    expect(env.tree()).toEqual({});
  });

  test('does not share the bits that give a program the rights of its owner', async () => {
    await env.change([env.make('a', { files: { 'bin/a': patched(placeholder, 0o6755) } })]);
    expect(statSync(inPrefix('bin/a')).mode & 0o7777).toBe(0o755);
  });

  test('is copied and never the file in the cache, whether it has the placeholder or not', async () => {
    const a = env.make('a', {
      files: { 'etc/has': patched(`x ${placeholder}`, 0o644), 'etc/has-not': patched('x', 0o644) },
    });
    await env.change([a]);
    for (const file of ['etc/has', 'etc/has-not']) {
      expect(statSync(inPrefix(file)).nlink).toBe(1);
      writeFileSync(inPrefix(file), 'changed');
    }
    expect(readFileSync(path.join(a.directory, 'etc/has'), 'utf8')).toBe(`x ${placeholder}`);
    expect(readFileSync(path.join(a.directory, 'etc/has-not'), 'utf8')).toBe('x');
  });

  test('that is empty text is like any other, and so is one with an empty placeholder', async () => {
    const a = env.make('a', {
      files: {
        'etc/empty': patched('', 0o644),
        'etc/plain': { content: 'x', prefix_placeholder: '', file_mode: 'text' },
      },
    });
    await env.change([a]);
    expect(env.tree()).toEqual({ 'etc/empty': '644 ', 'etc/plain': '644 x' });
    expect(statSync(inPrefix('etc/plain')).nlink).toBe(2);
    const [record] = (await env.load()).records;
    expect(record?.paths_data.paths.map((entry) => entry.prefix_placeholder)).toEqual([
      placeholder,
      undefined,
    ]);
  });

  test('is replaced as its mode says, also where that is not what it is', async () => {
    const content = `a ${placeholder}/x\0b`;
    const a = env.make('a', {
      files: {
        'as-text': { content, prefix_placeholder: placeholder, file_mode: 'text' },
        'as-binary': { content, prefix_placeholder: placeholder, file_mode: 'binary' },
        'text-without-end': { content: placeholder, prefix_placeholder: placeholder, file_mode: 'binary' },
      },
    });
    await env.change([a]);
    const lost = '\0'.repeat(placeholder.length - env.prefix.length);
    expect(env.tree()).toEqual({
      'as-text': `644 a ${env.prefix}/x\0b`,
      'as-binary': `644 a ${env.prefix}/x${lost}\0b`,
      'text-without-end': `644 ${placeholder}`,
    });
  });
});

describe('a symlink', () => {
  test('stays one, whatever its package says of placeholders', async () => {
    const a = env.make('a', {
      files: { 'lib/real': patched(placeholder, 0o644), 'lib/link': { link: 'real' } },
    });
    const file = path.join(a.directory, 'info/paths.json');
    const json = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, unknown>[] };
    for (const entry of json.paths) entry['prefix_placeholder'] = placeholder;
    writeFileSync(file, JSON.stringify(json));
    await env.change([a]);
    expect(readlinkSync(inPrefix('lib/link'))).toBe('real');
    expect(readFileSync(inPrefix('lib/link'), 'utf8')).toBe(env.prefix);
  });

  test('of which a package says that it is a file is made as it is, and the reverse', async () => {
    const a = env.make('a', {
      files: { file: { content: 'x', path_type: 'softlink' }, dangling: { link: 'nowhere' } },
    });
    await env.change([a]);
    expect(lstatSync(inPrefix('file')).isFile()).toBe(true);
    expect(readlinkSync(inPrefix('dangling'))).toBe('nowhere');
    const [record] = (await env.load()).records;
    expect(record?.paths_data.paths.map((entry) => entry.path_type)).toEqual(['hardlink', 'softlink']);
  });
});
