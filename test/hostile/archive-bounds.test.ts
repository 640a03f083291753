import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeEach, describe, expect, test } from 'vitest';

import { extractArchive, readInfoFiles } from '../../src/archive/index.ts';
import { bzip2, condaMembers, infoMembers, type RawMember, rawTar, rawZip } from '../helpers/raw-archive.ts';
import { type ArchiveScene, LIMITS, makeArchiveScene } from './archive-scene.ts';
import { file, folder, hardlink, symlink } from './hostile-members.ts';

let parent: ArchiveScene['parent'];
let directory: ArchiveScene['directory'];

beforeEach(() => {
  ({ parent, directory } = makeArchiveScene());
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
