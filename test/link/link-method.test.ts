import { cpSync, lstatSync, mkdtempSync, readlinkSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { LINK_TYPES } from '../../src/model/prefix-record.ts';
import type { ExtractedPackage } from '../../src/model/package-files.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';

let env: TestEnvironment;
let one: ExtractedPackage;
beforeEach(() => {
  env = createTestEnvironment();
  one = env.make('one', {
    files: {
      'share/plain': 'plain',
      'share/own': { content: 'own', no_link: true },
      'bin/run': { content: '#!/bin/sh\n', mode: 0o755 },
      'share/link': { link: 'plain' },
    },
  });
});
afterEach(() => env.dispose());

const look = (file: string) => lstatSync(path.join(env.prefix, file));
const cached = (file: string) => statSync(path.join(one.directory, file));
const linkType = async (): Promise<number | undefined> => (await env.load()).records[0]?.link?.type;
const messages = (): readonly unknown[] => env.events.filter(({ kind }) => kind === 'message');

describe('files come into the prefix', () => {
  test('as further names of those in the cache', async () => {
    await env.change([one]);
    expect(look('share/plain').ino).toBe(cached('share/plain').ino);
    expect(look('bin/run').ino).toBe(cached('bin/run').ino);
    expect(look('share/own').nlink).toBe(1);
    expect(await linkType()).toBe(LINK_TYPES.hardlink);
  });

  test.each([{ alwaysCopy: true }, { alwaysCopy: true, alwaysSoftlink: true, allowSoftlinks: true }])(
    'as copies with mode and time, with %j',
    async (preference) => {
      await env.change([one], preference);
      for (const file of ['share/plain', 'bin/run']) {
        expect(look(file).ino).not.toBe(cached(file).ino);
        expect(look(file).mode).toBe(cached(file).mode);
        expect(Math.abs(look(file).mtimeMs - cached(file).mtimeMs)).toBeLessThan(1);
      }
      expect(await linkType()).toBe(LINK_TYPES.copy);
      expect(messages()).toEqual([]);
    },
  );

  test('as symlinks, but for programs and what must be copied', async () => {
    await env.change([one], { alwaysSoftlink: true });
    expect(readlinkSync(path.join(env.prefix, 'share/plain'))).toBe(path.join(one.directory, 'share/plain'));
    expect(look('bin/run').isFile()).toBe(true);
    expect(look('share/own').isFile()).toBe(true);
    expect(readlinkSync(path.join(env.prefix, 'share/link'))).toBe('plain');
    expect(await linkType()).toBe(LINK_TYPES.softlink);
    await env.change([]);
    expect(env.tree()).toEqual({});
    expect(cached('share/plain').isFile()).toBe(true);
  });
});

/** A place on another file system than that of temporary files. */
const elsewhere = ['/dev/shm', process.cwd()].find((place) => {
  const device = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.dev;
  return device(place) !== undefined && device(place) !== device(process.env['TMPDIR'] ?? '/tmp');
});

describe.runIf(elsewhere !== undefined)('from a cache on another file system', () => {
  let cache: string;
  let far: ExtractedPackage;
  beforeEach(() => {
    cache = mkdtempSync(path.join(elsewhere ?? '', 'other-cache-'));
    cpSync(one.directory, path.join(cache, 'one-1.0-0'), { recursive: true, verbatimSymlinks: true });
    far = { ...one, directory: path.join(cache, 'one-1.0-0') };
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  test('they are copied, which is said once', async () => {
    const two = env.make('two', { files: { 'share/two': '2' } });
    await env.change([far, two]);
    expect(look('share/plain').isFile()).toBe(true);
    expect(look('share/two').nlink).toBe(2);
    const text = `Files are copied, for no hard link can be made from ${cache} to ${env.prefix}`;
    expect(messages()).toEqual([
      { kind: 'message', text: `${text}; \`always_copy: true\` copies without a word` },
    ]);
    const { records } = await env.load();
    expect(records.map(({ link }) => link?.type)).toEqual([LINK_TYPES.copy, LINK_TYPES.hardlink]);
  });

  test('they are linked softly where that is allowed', async () => {
    await env.change([far], { allowSoftlinks: true });
    expect(look('share/plain').isSymbolicLink()).toBe(true);
    expect(messages()).toEqual([]);
    expect(await linkType()).toBe(LINK_TYPES.softlink);
  });
});
