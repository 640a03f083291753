import { closeSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';

import { TcondaError } from '../errors.ts';
import { temporaryName } from '../io/atomic-file.ts';
import { loadZstdEncoder } from '../io/zstd-encoder.ts';
import { encodeBzip2 } from './bzip2-encode.ts';
import { encodeTarHeader, TAR_END, tarPadding } from './tar-encode.ts';
import { ZipWriter } from './zip-writer.ts';

/** The two containers of packages, by the ending of their file names. */
export type ArchiveFormat = '.conda' | '.tar.bz2';

/** What goes into an archive. Paths are relative, `/` separated; those below `info/` are metadata. */
export type PackedMember =
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly content: Uint8Array }
  | {
      readonly kind: 'disk-file';
      readonly path: string;
      readonly mode: number;
      readonly file: string;
      readonly size: number;
    }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  /** Another path of an earlier member, which is a file. */
  | { readonly kind: 'hardlink'; readonly path: string; readonly mode: number; readonly target: string }
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number };

export interface CreateArchiveOptions {
  readonly format: ArchiveFormat;
  /** `name-version-build`. */
  readonly stem: string;
  /** Seconds since 1970, for every member. */
  readonly mtime: number;
  /** Of zstd, 1 to 22. */
  readonly level?: number;
}

/** What conda-package-handling takes. */
const DEFAULT_LEVEL = 19;

/**
 * Writes an archive. The same members give the same bytes, in whatever order they come: they are sorted, metadata first in a `.tar.bz2`
 * and last in a `.conda`, where one read of the end then finds it. Appears under its name complete or not at all.
 * @throws {TcondaError} `INVALID_ARCHIVE` when a file isn't as long as said
 */
export async function createArchive(
  output: string,
  members: readonly PackedMember[],
  options: CreateArchiveOptions,
): Promise<void> {
  const sorted = members.toSorted(byPath);
  const info = sorted.filter(({ path }) => path.startsWith('info/'));
  const body = sorted.filter(({ path }) => !path.startsWith('info/'));
  const beside = temporaryName(output);
  const descriptor = openSync(beside, 'wx');
  try {
    if (options.format === '.tar.bz2') {
      for (const chunk of encodeBzip2(packTar([...info, ...body], options.mtime)))
        writeWhole(descriptor, chunk);
    } else {
      const level = options.level ?? DEFAULT_LEVEL;
      const encoder = await loadZstdEncoder();
      const zip = new ZipWriter(descriptor);
      await zip.add('metadata.json', [Buffer.from('{"conda_pkg_format_version": 2}')]);
      await zip.add(`pkg-${options.stem}.tar.zst`, encoder.stream(packTar(body, options.mtime), level));
      await zip.add(`info-${options.stem}.tar.zst`, encoder.stream(packTar(info, options.mtime), level));
      zip.finish();
    }
  } catch (error) {
    closeSync(descriptor);
    rmSync(beside, { force: true });
    throw error;
  }
  closeSync(descriptor);
  renameSync(beside, output);
}

/** By the bytes of their paths, whatever the language of the machine; hardlinks after all others, since they follow what they link to. */
function byPath(a: PackedMember, b: PackedMember): number {
  if ((a.kind === 'hardlink') !== (b.kind === 'hardlink')) return a.kind === 'hardlink' ? 1 : -1;
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}

function* packTar(members: readonly PackedMember[], mtime: number): Generator<Uint8Array> {
  for (const member of members) {
    const { path } = member;
    switch (member.kind) {
      case 'file':
        yield encodeTarHeader({
          kind: 'file',
          path,
          mode: member.mode,
          mtime,
          size: member.content.length,
          target: '',
        });
        yield member.content;
        yield tarPadding(member.content.length);
        break;
      case 'disk-file':
        yield encodeTarHeader({
          kind: 'file',
          path,
          mode: member.mode,
          mtime,
          size: member.size,
          target: '',
        });
        yield* readFile(member.file, member.size);
        yield tarPadding(member.size);
        break;
      case 'symlink':
        yield encodeTarHeader({ kind: 'symlink', path, mode: 0o777, mtime, size: 0, target: member.target });
        break;
      case 'hardlink':
        yield encodeTarHeader({
          kind: 'hardlink',
          path,
          mode: member.mode,
          mtime,
          size: 0,
          target: member.target,
        });
        break;
      case 'directory':
        yield encodeTarHeader({ kind: 'directory', path, mode: member.mode, mtime, size: 0, target: '' });
        break;
    }
  }
  yield TAR_END;
}

/** @throws {TcondaError} `INVALID_ARCHIVE` when the file isn't `size` bytes long */
function* readFile(file: string, size: number): Generator<Uint8Array> {
  const descriptor = openSync(file, 'r');
  try {
    for (let left = size; ;) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK, left + 1));
      const count = readSync(descriptor, chunk);
      left -= count;
      if (left < 0 || (count === 0 && left > 0)) {
        throw new TcondaError('INVALID_ARCHIVE', `${file} changed while it was packed`);
      }
      if (count === 0) return;
      yield chunk.subarray(0, count);
    }
  } finally {
    closeSync(descriptor);
  }
}

const CHUNK = 1024 * 1024;

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
}
