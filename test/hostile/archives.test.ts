import { randomBytes } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { extractArchive, readInfoFiles } from '../../src/archive/index.ts';
import { compressZstdSync } from '../helpers/zstd.ts';
import {
  bzip2,
  condaMembers,
  gnuLong,
  infoMembers,
  pax,
  type RawMember,
  rawTar,
  rawZip,
  type RawZipMember,
} from '../helpers/raw-archive.ts';

let parent: string;
let directory: string;

beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'tconda-hostile-'));
  directory = path.join(parent, 'package');
  mkdirSync(directory);
  writeFileSync(path.join(parent, 'victim'), 'untouched');
});

afterEach(() => rmSync(parent, { recursive: true, force: true }));

async function attempt(bytes: Uint8Array, windows = false): Promise<unknown> {
  const file = path.join(parent, 'hostile-1.0-0.archive');
  writeFileSync(file, bytes);
  const error: unknown = await extractArchive(file, directory, { windows, limits: LIMITS }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  // Whatever came of it: nothing outside has changed.
  expect(readdirSync(parent).toSorted()).toEqual(['hostile-1.0-0.archive', 'package', 'victim']);
  expect(readFileSync(path.join(parent, 'victim'), 'utf8')).toBe('untouched');
  expect(statSync(path.join(parent, 'victim')).nlink).toBe(1);
  return error;
}

const LIMITS = {
  bytes: 64 * 1024 * 1024,
  ratio: 1000,
  unsuspicious: 1024 ** 3,
  members: 2000,
  pathLength: 4096,
};

/** An error of ours that says which archive it is about. */
const REFUSED = {
  name: 'TcondaError',
  code: expect.stringMatching(/^(?:INVALID|UNSAFE)_ARCHIVE$/) as string,
  message: expect.stringMatching(/^hostile-1\.0-0\.archive: /) as string,
};

const file = (name: string, content = 'x'): RawMember => ({ path: name, content });
const symlink = (name: string, target: string): RawMember => ({ path: name, type: '2', target });
const hardlink = (name: string, target: string): RawMember => ({ path: name, type: '1', target });
const folder = (name: string, mode = 0o755): RawMember => ({ path: name, type: '5', mode });

/** Members that no package may have, in a tar that is right otherwise. */
const MEMBERS: readonly (readonly [string, readonly RawMember[]])[] = [
  ['a path that goes up', [file('../victim')]],
  ['a path that goes up later', [file('lib/../../victim')]],
  ['a path that goes up and comes back', [file('lib/../lib/x')]],
  ['a path that is two dots', [file('..')]],
  ['a directory that goes up', [folder('../elsewhere')]],
  ['an absolute path', [file('/tmp/tconda-victim')]],
  ['an absolute path with slashes', [file('//victim')]],
  ['an absolute path in a PAX header', [pax({ path: '/tmp/tconda-victim' }), file('harmless')]],
  ['a path that goes up in a PAX header', [pax({ path: '../victim' }), file('harmless')]],
  ['a path that goes up in a global PAX header', [pax({ path: '../victim' }, 'g'), file('harmless')]],
  ['a path that goes up in a GNU long name', [gnuLong('L', '../victim'), file('harmless')]],
  ['a path that goes up by way of the ustar prefix', [{ ...file('victim'), prefix: '..' }]],
  ['a path with NUL in a PAX header', [pax({ path: 'a\0b' }), file('harmless')]],
  ['a drive letter', [file('C:victim')]],
  ['a file as its own directory', [file('a'), file('a/b')]],
  ['a file through a symlink that goes up', [symlink('out', '..'), file('out/victim')]],
  ['a file through an absolute symlink', [symlink('out', '/tmp'), file('out/tconda-victim')]],
  ['a file through a symlink that stays inside', [folder('in'), symlink('out', 'in'), file('out/x')]],
  ['a file through a chain of symlinks', [symlink('a', '..'), symlink('b', 'a'), file('b/victim')]],
  ['a directory through a symlink', [symlink('out', '..'), folder('out/elsewhere')]],
  ['a symlink through a symlink', [symlink('out', '..'), symlink('out/link', 'victim')]],
  ['a directory in the place of a symlink', [symlink('out', '..'), folder('out')]],
  ['a file in the place of a symlink', [symlink('x', '../victim'), file('x')]],
  ['a symlink in the place of a directory', [folder('x'), symlink('x', '..')]],
  [
    'a symlink in the place of a directory that has files',
    [file('x/a'), symlink('x', '..'), file('x/victim')],
  ],
  ['a hardlink that goes up', [hardlink('x', '../victim')]],
  ['a hardlink that is absolute', [hardlink('x', '/etc/passwd')]],
  ['a hardlink to what is not there', [hardlink('x', 'nowhere')]],
  ['a hardlink to what comes later', [hardlink('x', 'y'), file('y')]],
  ['a hardlink to itself', [hardlink('x', 'x')]],
  ['a hardlink to a symlink', [symlink('out', '../victim'), hardlink('x', 'out')]],
  ['a hardlink to a directory', [folder('d'), hardlink('x', 'd')]],
  ['a hardlink through a symlink', [symlink('out', '..'), hardlink('x', 'out/victim')]],
  ['a hardlink that goes up in a PAX header', [pax({ linkpath: '../victim' }), hardlink('x', 'y')]],
  ['a hardlink with content', [file('y'), { ...hardlink('x', 'y'), content: 'overwrite' }]],
  ['a symlink with content', [{ ...symlink('x', 'y'), content: 'data' }]],
  ['a directory with content', [{ ...folder('d'), content: 'data' }]],
  ['a character device', [{ path: 'dev', type: '3' }]],
  ['a block device', [{ path: 'dev', type: '4' }]],
  ['a fifo', [{ path: 'fifo', type: '6' }]],
  ['a member of an unknown type', [{ path: 'x', type: 'Q' }]],
  ['a GNU multi-volume member', [{ path: 'x', type: 'M', content: 'x' }]],
  ['a file twice', [file('x'), file('x')]],
  ['a symlink twice that leads to two places', [symlink('x', 'a'), symlink('x', 'b')]],
  ['a file twice in two spellings', [file('a/x'), file('./a//x')]],
  ['a member without a name', [file('')]],
  ['index.json twice', [{ path: 'info/index.json', content: '{}' }]],
  ['index.json as a symlink', [symlink('info/about.json', '/etc/passwd')]],
  ['info as a symlink', [symlink('info', '..')]],
  ['records of the environment', [file('conda-meta/history')]],
  ['records of the environment as a link', [symlink('conda-meta', '/tmp')]],
  ['a path longer than any system allows', [gnuLong('L', `${'d/'.repeat(2100)}f`), file('x')]],
  ['more members than allowed', Array.from({ length: 2001 }, (_, i) => file(`f${i}`, ''))],
  ['a negative size', [{ ...file('x'), edit: (header) => header.fill(0xff, 124, 136) }]],
  ['a size that is no number', [{ ...file('x'), edit: (header) => header.write('9z', 124) }]],
  ['a wrong checksum', [{ ...file('x'), badChecksum: true }]],
  ['a name that is no UTF-8', [{ ...file('x'), edit: (header) => header.writeUInt8(0xff, 0) }]],
  ['a PAX size that hides the next member', [pax({ size: '1024' }), file('x', 'y'), file('hidden')]],
  ['a PAX size that is no number', [pax({ size: '-1' }), file('x')]],
  ['a PAX header with a wrong length', [{ path: 'pax', type: 'x', content: '99 path=x\n' }, file('x')]],
  ['a PAX header without a newline', [{ path: 'pax', type: 'x', content: '9 path=xx' }, file('x')]],
  ['a PAX header that is too large', [{ path: 'pax', type: 'x', size: 2 ** 31, content: '' }, file('x')]],
  ['a PAX header without a member', [pax({ path: 'x' })]],
  ['a GNU long name without a member', [gnuLong('L', 'x')]],
  [
    'a sparse file whose map is longer than its data',
    [pax({ 'GNU.sparse.map': '0,100', 'GNU.sparse.size': '100' }), file('x')],
  ],
  [
    'a sparse file whose map goes backwards',
    [pax({ 'GNU.sparse.map': '9,1,0,0', 'GNU.sparse.size': '100' }), file('x')],
  ],
  [
    'a sparse file whose data is beyond its end',
    [pax({ 'GNU.sparse.map': '9,1', 'GNU.sparse.size': '5' }), file('x')],
  ],
  [
    'a sparse file of a terabyte',
    [pax({ 'GNU.sparse.map': '0,1', 'GNU.sparse.size': String(2 ** 40) }), file('x')],
  ],
];

const WINDOWS: readonly (readonly [string, readonly RawMember[]])[] = [
  ['a backslash', [file('a\\..\\b')]],
  ['a drive letter in a folder', [file('a/C:/b')]],
  ['an alternate stream', [file('a.txt:hidden')]],
  ['a device name', [file('lib/CON')]],
  ['a device name with an extension', [file('nul.txt')]],
  ['a final dot', [file('lib./x')]],
  ['a final space', [file('lib /x')]],
];

describe('a .tar.bz2', () => {
  test.each(MEMBERS)('with %s is refused', async (_, members) => {
    expect(await attempt(bzip2(rawTar([...infoMembers(), ...members])))).toMatchObject(REFUSED);
  });

  test.each(WINDOWS)('with %s is refused on Windows', async (_, members) => {
    expect(await attempt(bzip2(rawTar([...infoMembers(), ...members])), true)).toMatchObject({
      ...REFUSED,
      code: 'UNSAFE_ARCHIVE',
    });
  });

  const tar = rawTar(infoMembers());
  test.each([
    ['nothing in it', Buffer.alloc(0)],
    ['another format', Buffer.from('\u001f\u008bgzip')],
    ['no end', bzip2(tar).subarray(0, -5)],
    ['half a header', bzip2(tar).subarray(0, 20)],
    ['something behind it', Buffer.concat([bzip2(tar), Buffer.from('trailing')])],
    ['zeros behind it', Buffer.concat([bzip2(tar), Buffer.alloc(10)])],
    ['a tar without its end mark', bzip2(rawTar(infoMembers(), { end: false }))],
    ['a tar cut in a member', bzip2(tar.subarray(0, 700))],
    ['a tar that goes on behind its end mark', bzip2(Buffer.concat([tar, rawTar([file('hidden')])]))],
    ['a second stream with another tar', Buffer.concat([bzip2(tar), bzip2(rawTar([file('hidden')]))])],
    ['no tar', bzip2(Buffer.from('text'.repeat(1000)))],
    ['no index.json', bzip2(rawTar([file('lib/x')]))],
    ['index.json as a directory', bzip2(rawTar([folder('info/index.json')]))],
  ])('with %s is refused', async (_, bytes) => {
    expect(await attempt(bytes)).toMatchObject(REFUSED);
  });

  test('that unpacks to more than allowed is refused before it does', async () => {
    const bomb = bzip2(
      rawTar([...infoMembers(), { path: 'zeros', content: Buffer.alloc(70 * 1024 * 1024) }]),
    );
    expect(bomb.length).toBeLessThan(5000);
    expect(await attempt(bomb)).toMatchObject({ ...REFUSED, code: 'UNSAFE_ARCHIVE' });
    expect(existsSync(path.join(directory, 'zeros'))).toBe(false);
  });
});

describe('a .conda', () => {
  const info = rawTar(infoMembers());
  const body = rawTar([file('lib/x')]);
  const good = condaMembers(body, info);
  const [metadata, pkg, infoMember] = good as [RawZipMember, RawZipMember, RawZipMember];

  test('that is right is extracted', async () => {
    expect(await attempt(rawZip(good))).toBeUndefined();
    expect(readFileSync(path.join(directory, 'lib/x'), 'utf8')).toBe('x');
  });

  test.each(MEMBERS.filter(([name]) => !name.startsWith('index.json')))(
    'with %s is refused',
    async (_, members) => {
      expect(await attempt(rawZip(condaMembers(rawTar(members), info)))).toMatchObject(REFUSED);
    },
  );

  test.each([
    ['metadata in the body', rawZip(condaMembers(rawTar([file('info/index.json', '{}')]), info))],
    ['metadata as a folder of the body, link', rawZip(condaMembers(rawTar([symlink('info', '..')]), info))],
    [
      'a link of the body in the metadata alone',
      rawZip(condaMembers(body, rawTar([...infoMembers(), symlink('bin', '/etc')]))),
    ],
    [
      'a link of the body in the metadata, and another in the body',
      rawZip(condaMembers(rawTar([symlink('x', 'y')]), rawTar([...infoMembers(), symlink('x', 'z')]))),
    ],
    [
      'a file of the body behind a link in the metadata',
      rawZip(condaMembers(rawTar([file('out/victim')]), rawTar([...infoMembers(), symlink('out', '..')]))),
    ],
    ['a body in the metadata', rawZip(condaMembers(body, rawTar([...infoMembers(), file('bin/sh')])))],
    [
      'the same license twice',
      rawZip(
        condaMembers(rawTar([file('info/licenses/L')]), rawTar([...infoMembers(), file('info/licenses/L')])),
      ),
    ],
    ['no metadata part', rawZip([metadata, pkg])],
    ['two bodies', rawZip([...good, { ...pkg, name: 'pkg-other-1.0-0.tar.zst' }])],
    ['two bodies of one name', rawZip([...good, pkg])],
    [
      'a newer format',
      rawZip([{ ...metadata, content: Buffer.from('{"conda_pkg_format_version": 3}') }, pkg, infoMember]),
    ],
    ['metadata.json that is no JSON', rawZip([{ ...metadata, content: Buffer.from('{') }, pkg, infoMember])],
    ['an encrypted member', rawZip([metadata, { ...pkg, flags: 1 }, infoMember])],
    ['a member of an unknown compression', rawZip([metadata, { ...pkg, method: 12 }, infoMember])],
    ['a member that claims to be deflated', rawZip([metadata, { ...pkg, method: 8 }, infoMember])],
    ['a member with a wrong checksum', rawZip([metadata, { ...pkg, crc: 1 }, infoMember])],
    ['a member longer than the archive', rawZip([metadata, { ...pkg, size: 10_000_000 }, infoMember])],
    ['members that overlap', rawZip([metadata, pkg, { ...infoMember, offset: 0 }])],
    [
      'a member with another name in its own header',
      rawZip([metadata, { ...pkg, localName: 'pkg-evil.tar.zst' }, infoMember]),
    ],
    ['fewer members than the directory has', rawZip(good, { count: 2 })],
    ['more members than the directory has', rawZip(good, { count: 4 })],
    ['something behind its end', rawZip(good, { tail: Buffer.from('trailing') })],
    ['no end', rawZip(good).subarray(0, -30)],
    ['a body that is no zstd', rawZip([metadata, { ...pkg, content: Buffer.from('text') }, infoMember])],
    [
      'a body that is cut off',
      rawZip([metadata, { ...pkg, content: pkg.content.subarray(0, -3) }, infoMember]),
    ],
    [
      'a body with something behind it',
      rawZip([metadata, { ...pkg, content: Buffer.concat([pkg.content, Buffer.from('x')]) }, infoMember]),
    ],
  ])('with %s is refused', async (_, bytes) => {
    expect(await attempt(bytes)).toMatchObject(REFUSED);
  });

  test('that unpacks to more than allowed is refused before it does', async () => {
    const content = compressZstdSync(rawTar([{ path: 'zeros', content: Buffer.alloc(70 * 1024 * 1024) }]));
    expect(await attempt(rawZip([metadata, { ...pkg, content }, infoMember]))).toMatchObject({
      ...REFUSED,
      code: 'UNSAFE_ARCHIVE',
    });
  });

  test('with a frame that needs a window above 128 MiB is refused', async () => {
    // Magic, a descriptor without content size, and a window of 2^31.
    const content = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x01, 0x00, 0x00]);
    expect(await attempt(rawZip([metadata, { ...pkg, content }, infoMember]))).toMatchObject(REFUSED);
  });
});

describe('what is unusual but right is extracted', () => {
  test.each<readonly [string, readonly RawMember[]]>([
    ['a symlink that leads nowhere', [symlink('lib/x', 'nowhere')]],
    ['an absolute symlink, as drivers have', [symlink('lib/libcuda.so', '/usr/lib/libcuda.so.1')]],
    ['a symlink that goes up and out', [symlink('lib/x', '../../../../x')]],
    ['two names that differ in case', [file('share/N/x'), file('share/n/x')]],
    ['names that begin with dots', [file('...'), file('..x/.y'), file('.hidden')]],
    ['a backslash where it is a letter like others', [file('a\\b')]],
    ['a link twice, as conda-package-handling packs some', [symlink('d/x', 'y'), symlink('d/x', 'y')]],
    ['a directory twice', [folder('d'), folder('d'), file('d/x')]],
    ['a member that is the package itself', [folder('./'), file('x')]],
    ['a repodata_record.json, which is overwritten later', [file('info/repodata_record.json')]],
  ])('%s', async (_, members) => {
    expect(await attempt(bzip2(rawTar([...infoMembers(), ...members])))).toBeUndefined();
  });

  test('setuid, setgid and sticky are dropped, directories can be entered and files read', async () => {
    const members = [
      { ...file('bin/su'), mode: 0o6755 },
      { ...file('bin/shut'), mode: 0o020 },
      { ...folder('locked', 0o1000) },
      file('locked/x'),
    ];
    expect(await attempt(bzip2(rawTar([...infoMembers(), ...members])))).toBeUndefined();
    expect(statSync(path.join(directory, 'bin/su')).mode & 0o7777).toBe(0o755);
    expect(statSync(path.join(directory, 'bin/shut')).mode & 0o777 & ~0o020).toBe(0o400);
    expect(statSync(path.join(directory, 'locked')).mode & 0o7777).toBe(0o700);
  });
});

describe('names that are one for the file system are refused', () => {
  const MARK = '\u0301';
  test.each<readonly [string, string, readonly RawMember[]]>([
    ['files that differ in case', 'lib/foo', [file('lib/Foo'), file('lib/foo')]],
    ['files that differ in normalisation', `e${MARK}`, [file('\u00e9'), file(`e${MARK}`)]],
    ['a file and a symlink', 'foo', [symlink('Foo', '/etc/passwd'), file('foo')]],
    ['a symlink and a file', 'foo', [file('Foo'), symlink('foo', '..')]],
    ['a hardlink and a file', 'foo', [file('y'), file('Foo'), hardlink('foo', 'y')]],
    ['a symlink and the parent of a file', 'out', [symlink('Out', '..'), file('out/victim')]],
    ['a symlink and a directory', 'out', [symlink('Out', '..'), folder('out')]],
  ])('%s', async (_, second, members) => {
    const archive = path.join(parent, 'hostile-1.0-0.archive');
    writeFileSync(archive, bzip2(rawTar([...infoMembers(), ...members])));
    const first = members.at(-2)?.path ?? '';
    const extraction = extractArchive(archive, directory, {
      // What a file system does that takes the second name for the first: it is there already.
      onMember(name) {
        if (name === second || name.startsWith(`${second}/`)) {
          linkSync(path.join(directory, first), path.join(directory, second));
        }
      },
    });
    await expect(extraction).rejects.toMatchObject({
      code: 'UNSAFE_ARCHIVE',
      message: expect.stringContaining('collides with another path') as unknown,
    });
    expect(readFileSync(path.join(parent, 'victim'), 'utf8')).toBe('untouched');
    expect(readdirSync(parent)).toHaveLength(3);
  });
});

describe('how much comes out is bounded by', () => {
  const MB = 1024 * 1024;
  const limits = { ...LIMITS, unsuspicious: MB };
  // Noise, so that the ratio is not what refuses it.
  const content = randomBytes(2 * MB + 1);
  const listing = (size: number | undefined) => {
    const entry = {
      _path: 'lib/x',
      path_type: 'hardlink',
      ...(size === undefined ? {} : { size_in_bytes: size }),
    };
    return [
      ...infoMembers().filter(({ path: name }) => name !== 'info/paths.json'),
      { path: 'info/paths.json', content: JSON.stringify({ paths_version: 1, paths: [entry] }) },
    ];
  };
  const archives = (size: number | undefined): readonly (readonly [string, Buffer])[] => [
    ['.conda', rawZip(condaMembers(rawTar([{ path: 'lib/x', content }]), rawTar(listing(size))))],
    ['.tar.bz2', bzip2(rawTar([...listing(size), { path: 'lib/x', content }]))],
  ];
  const extract = (bytes: Buffer, archiveSize?: number) => {
    const archive = path.join(parent, 'hostile-1.0-0.archive');
    writeFileSync(archive, bytes);
    return extractArchive(archive, directory, {
      limits,
      ...(archiveSize === undefined ? {} : { archiveSize }),
    });
  };

  test.each(archives(MB / 2))('what its info/paths.json lists: %s', async (_, bytes) => {
    await expect(extract(bytes)).rejects.toMatchObject({ code: 'UNSAFE_ARCHIVE' });
    expect(existsSync(path.join(directory, 'lib/x'))).toBe(false);
  });

  test.each([...archives(MB + 1), ...archives(undefined)])(
    'nothing, when that is about right or not said: %s',
    async (_, bytes) => {
      await extract(bytes);
      expect(statSync(path.join(directory, 'lib/x')).size).toBe(content.length);
    },
  );

  test('the size that the record says the archive has', async () => {
    const [[, bytes]] = archives(undefined) as [[string, Buffer]];
    await expect(extract(bytes, 2000)).rejects.toMatchObject({ code: 'UNSAFE_ARCHIVE' });
    expect(existsSync(path.join(directory, 'lib/x'))).toBe(false);
  });

  test('what a single file of metadata may be', async () => {
    const about = { path: 'info/about.json', content: Buffer.alloc(65 * MB) };
    const archive = path.join(parent, 'hostile-1.0-0.archive');
    writeFileSync(archive, bzip2(rawTar([...infoMembers(), about])));
    await expect(extractArchive(archive, directory)).rejects.toMatchObject({ code: 'UNSAFE_ARCHIVE' });
    await expect(readInfoFiles(archive)).rejects.toMatchObject({ code: 'UNSAFE_ARCHIVE' });
  });
});

test('metadata that is a link is not read', async () => {
  const archive = path.join(parent, 'x-1.0-0.tar.bz2');
  writeFileSync(archive, bzip2(rawTar([symlink('info/index.json', '/etc/passwd')])));
  await expect(readInfoFiles(archive, ['info/index.json'])).rejects.toMatchObject({
    code: 'INVALID_ARCHIVE',
  });
});
