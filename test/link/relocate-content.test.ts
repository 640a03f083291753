import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { relocateContent, relocateText } from '../../src/link/index.ts';
import { signMachO } from '../../src/link/mach-o-signature.ts';
import { replacePrefix } from '../../src/link/prefix-placeholder.ts';
import type { PrefixPath } from '../../src/model/prefix-record.ts';
import { makeMachO } from '../helpers/mach-o.ts';

const PLACEHOLDER = `/placehold${'_placehold'.repeat(10)}`;
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

function install(shipped: Buffer, mode: 'text' | 'binary', prefix: string) {
  const content = replacePrefix(shipped, { mode, placeholder: PLACEHOLDER, prefix, subdir: 'linux-64' });
  const entry: PrefixPath = {
    _path: 'f',
    path_type: 'hardlink',
    prefix_placeholder: PLACEHOLDER,
    file_mode: mode,
    sha256: sha256(shipped),
    sha256_in_prefix: sha256(content),
  };
  return { content, entry };
}

const none = (): undefined => undefined;
const move = (
  content: Buffer,
  entry: PrefixPath,
  from: string,
  to: string,
  findShipped: () => Buffer | undefined = none,
) => relocateContent(content, entry, { from, to, subdir: 'linux-64', findShipped });

const prefix = fc.stringMatching(/^(?:\/[a-z0-9]{1,12}){1,6}$/);

const WIDTHS: readonly ((text: string) => Buffer)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(text, 'utf16le').swap16(),
];

describe('relocateContent', () => {
  test('gives what an installation at the other prefix gives', () => {
    const text = fc.array(fc.constantFrom(PLACEHOLDER, `${PLACEHOLDER}/lib`, 'a', ' ', '\n', ':'), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        text,
        fc.constantFrom('text' as const, 'binary' as const),
        fc.constantFrom(...WIDTHS),
        prefix,
        prefix,
        (parts, mode, encode, from, to) => {
          fc.pre(!PLACEHOLDER.includes(from) && !PLACEHOLDER.includes(to));
          const joined = mode === 'text' ? parts.join('') : `\x7fELF\0${parts.join('\0')}\0`;
          const shipped = encode(joined);
          const { content, entry } = install(shipped, mode, from);
          expect(move(content, entry, from, to)).toEqual(install(shipped, mode, to).content);
        },
      ),
    );
  });

  test('finds the room that a longer prefix had', () => {
    const { content, entry } = install(
      Buffer.from(`\0${PLACEHOLDER}/a:${PLACEHOLDER}/b\0end\0`),
      'binary',
      '/x',
    );
    const to = `/${'y'.repeat(PLACEHOLDER.length - 1)}`;
    expect(move(content, entry, '/x', to).toString()).toBe(`\0${to}/a:${to}/b\0end\0`);
    expect(() => move(content, entry, '/x', `${to}z`)).toThrow(
      expect.objectContaining({ code: 'PREFIX_TOO_LONG' }),
    );
  });

  test('signs a program of macOS anew, as the installation does', () => {
    const body = Buffer.from(`${PLACEHOLDER}/lib\0rest`);
    const shipped = signMachO(makeMachO({ body }), 'tool');
    const installAt = (to: string): Buffer =>
      signMachO(
        replacePrefix(shipped, { mode: 'binary', placeholder: PLACEHOLDER, prefix: to, subdir: 'osx-arm64' }),
        'tool',
      );
    const content = installAt('/one');
    const entry: PrefixPath = {
      _path: 'bin/tool',
      path_type: 'hardlink',
      prefix_placeholder: PLACEHOLDER,
      file_mode: 'binary',
      sha256: sha256(shipped),
      sha256_in_prefix: sha256(content),
    };
    const options = { from: '/one', to: '/another', subdir: 'osx-arm64' };
    expect(relocateContent(content, entry, { ...options, findShipped: () => shipped })).toEqual(
      installAt('/another'),
    );
    expect(relocateContent(content, entry, { ...options, findShipped: none })).toEqual(installAt('/another'));
  });

  test('keeps what somebody changed', () => {
    const { content, entry } = install(Buffer.from(`a=${PLACEHOLDER}/x\n`), 'text', '/old');
    const changed = Buffer.concat([content, Buffer.from('b=/old/y\nc=/older/z\n')]);
    expect(move(changed, entry, '/old', '/new').toString()).toBe('a=/new/x\nb=/new/y\nc=/older/z\n');
  });

  test('takes the file as shipped where it can not be told from the installed one', () => {
    const shipped = Buffer.from(`#!${PLACEHOLDER}/bin/python\n`);
    const from = `/${'long/'.repeat(40)}x`;
    const { content, entry } = install(shipped, 'text', from);
    expect(content.toString()).toMatch(/^#!\/bin\/sh\n/);
    expect(move(content, entry, from, '/new', () => shipped).toString()).toBe('#!/new/bin/python\n');
    // Without it the line stays as long as it must be, and works.
    expect(move(content, entry, from, '/new').toString()).toContain('exec\' "/new/bin/python"');
  });

  test('moves the scripts of entry points, and nothing that names no prefix', () => {
    const script = Buffer.from('#!/old/bin/python\nimport x\n');
    const entry: PrefixPath = { _path: 'bin/x', path_type: 'unix_python_entry_point' };
    expect(move(script, entry, '/old', '/new').toString()).toBe('#!/new/bin/python\nimport x\n');
    const other: PrefixPath = { _path: 'x', path_type: 'hardlink' };
    expect(move(script, other, '/old', '/new')).toBe(script);
  });
});

test.each([
  ['/e/py', '/e/new'],
  ['/e/py/bin:/e/py2/bin', '/e/new/bin:/e/py2/bin'],
  ['"/e/py" /e/py. /e/py.', '"/e/new" /e/new. /e/new.'],
  ['/e/py-old /e/py_x /e/py.old /e/pyü', '/e/py-old /e/py_x /e/py.old /e/pyü'],
  ['#!/e/py/bin/python\n', '#!/e/new/bin/python\n'],
])('relocateText makes of %j %j', (text, moved) => {
  const options = { from: '/e/py', to: '/e/new', subdir: 'linux-64' };
  expect(relocateText(Buffer.from(text), options).toString()).toBe(moved);
});
