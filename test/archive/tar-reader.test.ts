import fc from 'fast-check';
import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';

import { encodeTarHeader, TAR_END, tarPadding } from '../../src/archive/tar-encode.ts';
import type { TarEntry } from '../../src/archive/tar-entry.ts';
import { TarReader } from '../../src/archive/tar-reader.ts';
import { gnuLong, pax, type RawMember, rawTar } from '../helpers/raw-archive.ts';

/** Members with their content, holes filled. */
function read(tar: Uint8Array, chunkSize = tar.length): (TarEntry & { readonly content: string })[] {
  const found: (TarEntry & { content: string })[] = [];
  let entry: TarEntry | undefined;
  let content = Buffer.alloc(0);
  const reader = new TarReader({
    begin(next) {
      entry = next;
      content = Buffer.alloc(next.size);
    },
    data: (chunk, offset) => content.set(chunk, offset),
    end() {
      if (entry !== undefined) found.push({ ...entry, content: content.toString('latin1') });
    },
  });
  for (let at = 0; at < tar.length; at += chunkSize) reader.write(tar.subarray(at, at + chunkSize));
  reader.end();
  return found;
}

const LONG = `${'directory/'.repeat(30)}file`;

describe('a tar', () => {
  test.each<readonly [string, readonly RawMember[], Partial<ReturnType<typeof read>[number]>]>([
    [
      'of ustar',
      [{ path: 'a/b', content: 'xyz', mode: 0o755, mtime: 1 }],
      { path: 'a/b', content: 'xyz', mode: 0o755, mtime: 1, size: 3 },
    ],
    ['with a ustar prefix', [{ path: 'file', prefix: 'some/where' }], { path: 'some/where/file' }],
    ['with a PAX path', [pax({ path: LONG }), { path: 'short' }], { path: LONG }],
    [
      'with a PAX path in another script',
      [pax({ path: 'grüße/日本' }), { path: 'x' }],
      { path: 'grüße/日本' },
    ],
    [
      'with a PAX time in fractions',
      [pax({ mtime: '1700000000.25' }), { path: 'x' }],
      { mtime: 1_700_000_000.25 },
    ],
    [
      'with a PAX size',
      [pax({ size: '3' }), { path: 'x', content: 'abc', size: 0 }],
      { content: 'abc', size: 3 },
    ],
    [
      'with a PAX target',
      [pax({ linkpath: LONG }), { path: 'x', type: '2', target: 'y' }],
      { kind: 'symlink', target: LONG },
    ],
    ['with a global PAX header', [pax({ mtime: '5' }, 'g'), { path: 'x' }], { mtime: 5 }],
    [
      'with a PAX header that takes a value back',
      [pax({ mtime: '5' }, 'g'), pax({ mtime: '' }), { path: 'x', mtime: 7 }],
      { mtime: 5 },
    ],
    [
      'with unknown PAX records',
      [pax({ 'SCHILY.xattr.user': 'x', comment: 'hi' }), { path: 'x' }],
      { path: 'x' },
    ],
    ['with a GNU long name', [gnuLong('L', LONG), { path: LONG.slice(0, 99) }], { path: LONG }],
    [
      'with a GNU long target',
      [gnuLong('K', LONG), gnuLong('L', 'n'), { path: 'x', type: '2', target: 'y' }],
      { path: 'n', target: LONG },
    ],
    ['with a name in UTF-8', [{ path: 'grüße' }], { path: 'grüße' }],
    [
      'of before ustar, with a directory',
      [{ path: 'd/', type: '\0', edit: (header) => header.fill(0, 257, 265) }],
      { kind: 'directory', path: 'd/' },
    ],
    ['with a contiguous file', [{ path: 'x', type: '7', content: 'c' }], { kind: 'file', content: 'c' }],
    [
      'with a size in base 256',
      [
        {
          path: 'x',
          content: 'abc',
          edit: (header) => header.fill(0, 124, 136).writeUInt8(0x80, 124) && header.writeUInt8(3, 135),
        },
      ],
      { content: 'abc' },
    ],
    [
      'with a time before 1970',
      [{ path: 'x', edit: (header) => header.fill(0xff, 136, 148) }],
      { mtime: -1 },
    ],
    [
      'with numbers that end in spaces',
      [{ path: 'x', content: 'abc', edit: (header) => header.write('         3 ', 124) }],
      { content: 'abc' },
    ],
  ])('%s', (_, members, expected) => {
    const tar = rawTar(members);
    expect(read(tar)).toEqual([expect.objectContaining(expected)]);
    expect(read(tar, 7)).toEqual(read(tar));
  });

  const map = (text: string) =>
    pax({ 'GNU.sparse.map': text, 'GNU.sparse.size': '10', 'GNU.sparse.name': 'sparse' });
  const zeros = (count: number) => '\0'.repeat(count);
  const withMap = (header: Buffer) => {
    header.write('00000000002\0' + '00000000002\0' + '00000000010\0' + '00000000000\0', 386);
    header.write('00000000010\0', 483);
  };
  test.each<readonly [string, readonly RawMember[], string]>([
    [
      'PAX 0.0',
      [
        pax0('10', [
          [2, 2],
          [6, 1],
        ]),
        { path: 'x', content: 'abc' },
      ],
      `${zeros(2)}ab${zeros(2)}c${zeros(3)}`,
    ],
    ['PAX 0.1', [map('2,2,6,1'), { path: 'x', content: 'abc' }], `${zeros(2)}ab${zeros(2)}c${zeros(3)}`],
    [
      'PAX 1.0',
      [
        pax({
          'GNU.sparse.major': '1',
          'GNU.sparse.minor': '0',
          'GNU.sparse.realsize': '10',
          'GNU.sparse.name': 'sparse',
        }),
        { path: 'x', content: `${'2\n2\n2\n6\n1\n'.padEnd(512, '\0')}abc` },
      ],
      `${zeros(2)}ab${zeros(2)}c${zeros(3)}`,
    ],
    ['GNU', [{ path: 'x', type: 'S', content: 'ab', edit: withMap }], `${zeros(2)}ab${zeros(4)}`],
  ])('with a sparse file of %s', (_, members, content) => {
    const tar = rawTar(members);
    expect(read(tar).map((entry) => entry.content)).toEqual([content]);
    expect(read(tar, 100)).toEqual(read(tar));
  });

  test('with several members, of which empty ones, at any chunk size', () => {
    const tar = rawTar([
      { path: 'd/', type: '5' },
      { path: 'd/empty' },
      { path: 'd/full', content: 'x'.repeat(1000) },
      { path: 'd/link', type: '2', target: 'full' },
      { path: 'd/hard', type: '1', target: 'd/full' },
    ]);
    const whole = read(tar);
    expect(whole.map(({ kind, path, size }) => `${kind} ${path} ${size}`)).toEqual([
      'directory d/ 0',
      'file d/empty 0',
      'file d/full 1000',
      'symlink d/link 0',
      'hardlink d/hard 0',
    ]);
    for (const size of [1, 511, 512, 513, 4096]) expect(read(tar, size)).toEqual(whole);
  });

  test('of another writer', async () => {
    const other = pack();
    other.entry({ name: LONG, mode: 0o640, mtime: new Date(1_700_000_000_000) }, 'content');
    other.entry({ name: 'ünïcode/', type: 'directory' });
    other.entry({ name: 'link', type: 'symlink', linkname: `${'y'.repeat(150)}` });
    other.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of other) chunks.push(chunk as Buffer);
    expect(read(Buffer.concat(chunks))).toMatchObject([
      { kind: 'file', path: LONG, mode: 0o640, mtime: 1_700_000_000, content: 'content' },
      { kind: 'directory', path: 'ünïcode/' },
      { kind: 'symlink', path: 'link', target: 'y'.repeat(150) },
    ]);
  });
});

/** The map as repeated records, which an object can't hold. */
function pax0(size: string, segments: readonly (readonly [number, number])[]): RawMember {
  const parts = segments.flatMap(([offset, length]) => [
    pax({ 'GNU.sparse.offset': String(offset) }).content,
    pax({ 'GNU.sparse.numbytes': String(length) }).content,
  ]);
  const head = pax({
    'GNU.sparse.size': size,
    'GNU.sparse.numblocks': String(segments.length),
    'GNU.sparse.name': 'sparse',
  });
  return { ...head, content: [head.content, ...parts].join('') };
}

test('a tar written is the tar read', () => {
  const name = fc.oneof(
    fc.stringMatching(/^[a-z./ ]{1,300}$/),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }),
  );
  const entry = fc.record({
    kind: fc.constantFrom('file', 'symlink', 'hardlink', 'directory'),
    path: name.map((text) => `p${text.replaceAll('\0', '')}x`),
    content: fc.string({ maxLength: 1500 }),
    mode: fc.integer({ min: 0, max: 0o777 }),
    mtime: fc.integer({ min: 0, max: 2 ** 33 - 1 }),
    target: name.map((text) => `t${text.replaceAll('\0', '')}`),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
      const wanted = entries.map(({ kind, content, target, path, ...rest }) => ({
        ...rest,
        kind,
        path: kind === 'directory' ? `${path}/` : path,
        content: kind === 'file' ? Buffer.from(content).toString('latin1') : '',
        size: kind === 'file' ? Buffer.byteLength(content) : 0,
        target: kind === 'symlink' || kind === 'hardlink' ? target : '',
      }));
      const parts = wanted.flatMap((member) => [
        encodeTarHeader(member),
        Buffer.from(member.content, 'latin1'),
        tarPadding(member.size),
      ]);
      expect(read(Buffer.concat([...parts, TAR_END]))).toEqual(wanted);
    }),
    { numRuns: 200 },
  );
});
