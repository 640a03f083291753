import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';

import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { decodeBzip2 } from '../../src/io/bzip2-decode.ts';
import {
  type ArchiveFormat,
  createArchive,
  extractArchive,
  listArchive,
  loadInfoFiles,
  type PackedMember,
  readInfoFiles,
} from '../../src/archive/index.ts';
import { readZipDirectory } from '../../src/archive/zip-directory.ts';
import { decompressZstdSync } from '../../src/io/zstd.ts';
import { condaMembers, infoMembers, rawTar, rawZip } from '../helpers/raw-archive.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tconda-archive-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const text = (name: string, content: string, mode = 0o644): PackedMember => ({
  kind: 'file',
  path: name,
  mode,
  content: Buffer.from(content),
});
const MEMBERS: readonly PackedMember[] = [
  text('lib/z.txt', 'z'),
  text('info/index.json', '{"name":"a","version":"1","build":"0"}'),
  text('bin/run', '#!/bin/sh\n', 0o755),
  { kind: 'hardlink', path: 'bin/again', mode: 0o755, target: 'bin/run' },
  { kind: 'symlink', path: 'lib/link', target: 'z.txt' },
  { kind: 'directory', path: 'var/empty', mode: 0o755 },
  text('share/ünï cöde', 'u'),
  text(`share/${'long/'.repeat(60)}name`, 'l'),
  text('info/licenses/LICENSE', 'free'),
];
const FORMATS: readonly ArchiveFormat[] = ['.conda', '.tar.bz2'];
const options = (format: ArchiveFormat) => ({ format, stem: 'a-1-0', mtime: 1_600_000_000, level: 3 });

describe.each(FORMATS)('a %s', (format) => {
  test('is the same whatever the order of its members', async () => {
    const one = path.join(directory, `one${format}`);
    const two = path.join(directory, `two${format}`);
    await createArchive(one, MEMBERS, options(format));
    await createArchive(two, MEMBERS.toReversed(), options(format));
    expect(digest(two)).toBe(digest(one));
    expect(readdirSync(directory)).toHaveLength(2);
  });

  test('holds what was packed, for us and for others', async () => {
    const file = path.join(directory, `a-1-0${format}`);
    await createArchive(file, MEMBERS, options(format));
    const ours = (await listArchive(file)).map((member) => member.path.replace(/\/$/, ''));
    expect(ours.toSorted()).toEqual(MEMBERS.map((member) => member.path).toSorted());
    const theirs = (await Promise.all(tarsOf(file).map(listWithOther))).flat();
    expect(theirs.toSorted()).toEqual(ours.toSorted());
  });

  test('comes back from the disk as it was', async () => {
    const file = path.join(directory, `a-1-0${format}`);
    const tree = path.join(directory, 'tree');
    mkdirSync(tree);
    await createArchive(file, MEMBERS, options(format));
    const { sizes, nodes } = await extractArchive(file, tree);
    expect(readFileSync(path.join(tree, 'bin/again'), 'utf8')).toBe('#!/bin/sh\n');
    expect(sizes.get('bin/again')).toBe(10);
    expect(nodes.get('lib/link')).toBe('symlink');
    expect(nodes.get('var/empty')).toBe('directory');
    expect(readFileSync(path.join(tree, `share/${'long/'.repeat(60)}name`), 'utf8')).toBe('l');
  });

  test('leaves nothing behind when a file is not as long as said', async () => {
    const source = path.join(directory, 'source');
    writeFileSync(source, 'longer than said');
    const member: PackedMember = { kind: 'disk-file', path: 'x', mode: 0o644, file: source, size: 3 };
    const attempt = createArchive(path.join(directory, `a${format}`), [member], options(format));
    await expect(attempt).rejects.toMatchObject({ code: 'INVALID_ARCHIVE' });
    expect(readdirSync(directory)).toEqual(['source']);
  });

  test('gives its metadata without being extracted', async () => {
    const file = path.join(directory, `a-1-0${format}`);
    await createArchive(file, MEMBERS, options(format));
    const files = await readInfoFiles(file, ['info/index.json', 'info/about.json']);
    expect([...files.keys()]).toEqual(['info/index.json']);
    expect([...(await readInfoFiles(file)).keys()].toSorted()).toEqual([
      'info/index.json',
      'info/licenses/LICENSE',
    ]);
  });
});

test('metadata of a .conda far away is had by a few reads of its end', async () => {
  const file = path.join(directory, 'a-1-0.conda');
  const random = Buffer.from(Array.from({ length: 400_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 24));
  await createArchive(
    file,
    [...MEMBERS, { kind: 'file', path: 'big', mode: 0o644, content: random }],
    options('.conda'),
  );
  const bytes = readFileSync(file);
  let read = 0;
  const source = {
    size: bytes.length,
    read: (offset: number, length: number) => {
      read += length;
      return Promise.resolve(bytes.subarray(offset, offset + length));
    },
  };
  const files = await loadInfoFiles(source, ['info/index.json']);
  expect(files.get('info/index.json')?.toString()).toContain('"name":"a"');
  expect(read).toBeLessThan(100_000);
});

test('a .conda without a body, or with deflated members in a folder, is read', async () => {
  const tree = (name: string) => {
    mkdirSync(path.join(directory, name));
    return path.join(directory, name);
  };
  const members = condaMembers(rawTar([{ path: 'lib/x', content: 'x' }]), rawTar(infoMembers()));
  const bare = path.join(directory, 'bare.conda');
  writeFileSync(bare, rawZip(members.slice(2)));
  await extractArchive(bare, tree('bare'));
  const moved = path.join(directory, 'moved.conda');
  writeFileSync(
    moved,
    rawZip(members.map((member) => ({ ...member, name: `some/folder/${member.name}`, deflate: true }))),
  );
  await extractArchive(moved, tree('moved'));
  expect(readFileSync(path.join(directory, 'moved/lib/x'), 'utf8')).toBe('x');
});

/** The decompressed tars of an archive. */
function tarsOf(file: string): Buffer[] {
  const bytes = readFileSync(file);
  if (file.endsWith('.tar.bz2')) return [Buffer.concat([...decodeBzip2([bytes])])];
  const steps = readZipDirectory(bytes.length);
  let step = steps.next();
  while (step.done !== true) {
    step = steps.next(bytes.subarray(step.value.offset, step.value.offset + step.value.length));
  }
  return step.value
    .filter(({ name }) => name.endsWith('.zst'))
    .map(({ offset, length }) =>
      decompressZstdSync(bytes.subarray(offset, offset + length), { maxBytes: 1e8 }),
    );
}

async function listWithOther(tar: Buffer): Promise<string[]> {
  const names: string[] = [];
  const reader = Readable.from([tar]).pipe(extract());
  for await (const entry of reader) {
    names.push(entry.header.name.replace(/\/$/, ''));
    entry.resume();
  }
  return names;
}

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
