import { describe, expect, test } from 'vitest';

import { replacePrefix } from '../../src/link/prefix-placeholder.ts';
import { fitShebang, formatShebang } from '../../src/link/shebang.ts';

const OLD = '/opt/placeholder';

const utf32 = (content: string): Buffer =>
  Buffer.concat(
    Array.from(content, (char) => {
      const unit = Buffer.alloc(4);
      unit.writeUInt32LE(char.codePointAt(0) ?? 0);
      return unit;
    }),
  );
const utf16 = (content: string): Buffer => Buffer.from(content, 'utf16le');
const WIDE = {
  'UTF-16': { encode: utf16, width: 2 },
  'UTF-16, big end first': { encode: (content: string) => utf16(content).swap16(), width: 2 },
  'UTF-32': { encode: utf32, width: 4 },
  'UTF-32, big end first': { encode: (content: string) => utf32(content).swap32(), width: 4 },
};

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
    // The kernel hands on all behind the program as one word.
    ['#!/bin/sh /opt/placeholder/x\n', '/my p', '#!/bin/sh /my p/x\n'],
    ['#! /opt/placeholder/bin/perl\n', '/my p', '#!/usr/bin/env perl\n'],
    ['#!/usr/bin/env /opt/placeholder/bin/perl\n', '/my p', '#!/usr/bin/env /my p/bin/perl\n'],
    ['#!/opt/placeholder/bin/python', '/my p', `#!/bin/sh\n'''exec' "/my p/bin/python" "$0" "$@" #'''`],
    ['x\n#!/opt/placeholder/bin/python\n', '/my p', 'x\n#!/my p/bin/python\n'],
    ['/opt/placeholder/opt/placeholder', '/opt/placeholder/in', '/opt/placeholder/in/opt/placeholder/in'],
    ['unter /opt/placeholder größer', '/ö', 'unter /ö größer'],
  ])('%j with %s', (content, prefix, result) => {
    expect(text(content, prefix)).toBe(result);
  });

  test('with an empty placeholder stays as it is', () => {
    const content = Buffer.from('a/b\0c');
    for (const mode of ['text', 'binary'] as const) {
      expect(replacePrefix(content, { mode, placeholder: '', prefix: '/p', subdir: 'linux-64' })).toBe(
        content,
      );
    }
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

  describe.each(Object.entries(WIDE))('in %s', (_name, { encode, width }) => {
    const options = { mode: 'binary', placeholder: OLD, prefix: '/p', subdir: 'linux-64' } as const;
    const strings = (...parts: readonly string[]): Buffer =>
      encode(parts.map((part) => `${part}\0`).join(''));
    const lost = '\0'.repeat(OLD.length - '/p'.length);

    test.each([
      [`${OLD}/lib`, `/p/lib${lost}`],
      [OLD, `/p${lost}`],
      [`${OLD}:${OLD}/b`, `/p:/p/b${lost}${lost}`],
      // Of these the bytes of two neighbours, read apart, look like an end.
      [`${OLD}/A\u0100/A`, `/p/A\u0100/A${lost}`],
      [`${OLD}/\u0100A\u4e00`, `/p/\u0100A\u4e00${lost}`],
    ])('%j', (before, after) => {
      expect(replacePrefix(strings('first', before, 'last', before), options)).toEqual(
        strings('first', after, 'last', after),
      );
    });

    test('at an odd place', () => {
      const odd = (content: Buffer): Buffer => Buffer.concat([Buffer.from('x'), content, Buffer.from('y')]);
      expect(replacePrefix(odd(strings('a', `${OLD}/lib`, 'b')), options)).toEqual(
        odd(strings('a', `/p/lib${lost}`, 'b')),
      );
    });

    test('without an end it stays, and beside text of one byte both are replaced', () => {
      expect(replacePrefix(encode(OLD), options)).toEqual(encode(OLD));
      const narrow = (text: string): Buffer => Buffer.from(text.padEnd(32, '\0'));
      const mixed = Buffer.concat([narrow(OLD), strings(OLD, 'z')]);
      expect(mixed).toHaveLength(32 + (OLD.length + 3) * width);
      expect(replacePrefix(mixed, options)).toEqual(Buffer.concat([narrow('/p'), strings(`/p${lost}`, 'z')]));
    });
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
