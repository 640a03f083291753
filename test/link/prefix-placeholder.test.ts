import { describe, expect, test } from 'vitest';

import { replacePrefix } from '../../src/link/prefix-placeholder.ts';
import { fitShebang, formatShebang } from '../../src/link/shebang.ts';

const OLD = '/opt/placeholder';

function text(content: string, prefix: string, subdir = 'linux-64'): string {
  return replacePrefix(Buffer.from(content), { mode: 'text', placeholder: OLD, prefix, subdir }).toString();
}

function binary(content: string, prefix: string, subdir = 'linux-64'): string {
  const options = { mode: 'binary', placeholder: OLD, prefix, subdir } as const;
  return replacePrefix(Buffer.from(content, 'latin1'), options).toString('latin1');
}

describe('text', () => {
  test.each([
    ['a=/opt/placeholder b=/opt/placeholder/x\n', '/p', 'a=/p b=/p/x\n'],
    ['#!/opt/placeholder/bin/perl -w\n/opt/placeholder', '/p', '#!/p/bin/perl -w\n/p'],
    ['#!/opt/placeholder/bin/perl -w\n/opt/placeholder', '/my p', '#!/usr/bin/env perl -w\n/my p'],
    [
      '#!/opt/placeholder/bin/python3.11 -u\nx\n',
      '/my p',
      `#!/bin/sh\n'''exec' "/my p/bin/python3.11" -u "$0" "$@" #'''\nx\n`,
    ],
    [
      '#!/opt/placeholder/bin/python\n',
      '/a$b "c',
      `#!/bin/sh\n'''exec' "/a\\$b \\"c/bin/python" "$0" "$@" #'''\n`,
    ],
    ['#!/bin/sh\n/opt/placeholder\n', '/my p', '#!/bin/sh\n/my p\n'],
    ['unter /opt/placeholder größer', '/ö', 'unter /ö größer'],
  ])('%j with %s', (content, prefix, result) => {
    expect(text(content, prefix)).toBe(result);
  });

  test('in a wide encoding', () => {
    const wide = (content: string): Buffer => Buffer.from(content, 'utf16le');
    const options = { mode: 'text', placeholder: OLD, prefix: '/p', subdir: 'linux-64' } as const;
    expect(replacePrefix(wide(`a ${OLD} b`), options)).toEqual(wide('a /p b'));
    expect(replacePrefix(wide(`a ${OLD} b`).swap16(), options)).toEqual(wide('a /p b').swap16());
  });

  test('on Windows has forward slashes and no shebang', () => {
    expect(text(`#!${OLD}/python.exe\n`, 'C:\\my env', 'win-64')).toBe('#!C:/my env/python.exe\n');
  });

  test('without the placeholder is the same object', () => {
    const content = Buffer.from('nothing here');
    expect(replacePrefix(content, { mode: 'text', placeholder: OLD, prefix: '/p', subdir: 'linux-64' })).toBe(
      content,
    );
    expect(
      replacePrefix(content, { mode: 'binary', placeholder: OLD, prefix: '/p', subdir: 'linux-64' }),
    ).toBe(content);
  });
});

describe('binary', () => {
  test.each([
    ['x/opt/placeholder/lib\0y', 'x/p/lib'.padEnd(21, '\0') + '\0y'.slice(0, 2)],
    ['/opt/placeholder:/opt/placeholder/b\0\0z', '/p:/p/b'.padEnd(35, '\0') + '\0\0z'],
    ['/opt/placeholder\0/opt/placeholder\0', '/p'.padEnd(17, '\0') + '/p'.padEnd(17, '\0')],
    ['/opt/placeholder without an end', '/opt/placeholder without an end'],
  ])('%j', (content, result) => {
    expect(binary(content, '/p')).toBe(result);
    expect(result).toHaveLength(content.length);
  });

  test('of the same length fits, of a greater one does not', () => {
    expect(binary(`${OLD}/x\0`, `/${'q'.repeat(OLD.length - 1)}`)).toBe(`/${'q'.repeat(OLD.length - 1)}/x\0`);
    expect(() => binary(`${OLD}/x\0`, `/${'q'.repeat(OLD.length)}`)).toThrow(
      expect.objectContaining({ code: 'PREFIX_TOO_LONG' }),
    );
    expect(binary('nothing\0', `/${'q'.repeat(OLD.length)}`)).toBe('nothing\0');
  });

  test('on Windows stays as it is', () => {
    expect(binary(`MZ${OLD}\0`, 'C:\\p', 'win-64')).toBe(`MZ${OLD}\0`);
  });
});

describe('a first line', () => {
  const line = (length: number): string => `#!/${'x'.repeat(length - 5)}/p`;

  test.each([
    ['linux-64', 127],
    ['osx-64', 512],
  ])('on %s has at most %i bytes', (subdir, limit) => {
    const fits = Buffer.from(`${line(limit)}\nrest`);
    expect(fitShebang(fits, subdir, 'exec')).toBe(fits);
    expect(fitShebang(Buffer.from(`${line(limit + 1)}\nrest`), subdir, 'exec').toString()).toBe(
      '#!/usr/bin/env p\nrest',
    );
  });

  test('of an entry point counts its newline', () => {
    const program = (length: number): string => `/${'x'.repeat(length - 8)}/python`;
    expect(formatShebang(program(124), 'linux-64', 'exec')).toBe(`#!${program(124)}\n`);
    expect(formatShebang(program(125), 'linux-64', 'exec')).toBe(
      `#!/bin/sh\n'''exec' "${program(125)}" "$0" "$@" #'''\n`,
    );
    expect(formatShebang(program(125), 'linux-64', 'env')).toBe('#!/usr/bin/env python\n');
  });
});
