import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeEach, describe, expect, test } from 'vitest';

import { readInfoFiles } from '../../src/archive/index.ts';
import { compressZstdSync } from '../helpers/zstd.ts';
import {
  bzip2,
  condaMembers,
  infoMembers,
  type RawMember,
  rawTar,
  rawZip,
  type RawZipMember,
} from '../helpers/raw-archive.ts';
import { type ArchiveScene, REFUSED, makeArchiveScene } from './archive-scene.ts';
import { file, folder, MEMBERS, symlink, WINDOWS } from './hostile-members.ts';

let parent: ArchiveScene['parent'];
let directory: ArchiveScene['directory'];
let attempt: ArchiveScene['attempt'];

beforeEach(() => {
  ({ parent, directory, attempt } = makeArchiveScene());
});

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

test('metadata that is a link is not read', async () => {
  const archive = path.join(parent, 'x-1.0-0.tar.bz2');
  writeFileSync(archive, bzip2(rawTar([symlink('info/index.json', '/etc/passwd')])));
  await expect(readInfoFiles(archive, ['info/index.json'])).rejects.toMatchObject({
    code: 'INVALID_ARCHIVE',
  });
});
