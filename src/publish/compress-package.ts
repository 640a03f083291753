import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { type ArchiveFormat, createArchive, loadIndexJson } from '../archive/index.ts';
import { formatDistName } from '../model/package-record.ts';
import { DEFAULT_MTIME } from './create-package.ts';
import { type FileDigests, hashFile } from './hash-file.ts';
import { listTree } from './list-tree.ts';

export interface CompressOptions {
  readonly format: ArchiveFormat;
  /** Of zstd, 1 to 22. Has no effect on a `.tar.bz2`. */
  readonly level?: number;
}

/**
 * Packs a package that was extracted, with its `info/`, into an archive again. The same folder gives the same bytes.
 * @param folder with `info/index.json`
 * @param file of the archive; made with its folder, or replaced
 * @throws {TcondaError} `INVALID_PACKAGE_INFO` for a folder that holds no package
 */
export async function compressPackage(
  folder: string,
  file: string,
  { format, level }: CompressOptions,
): Promise<FileDigests & { readonly file: string }> {
  const index = loadIndexJson(folder);
  mkdirSync(path.dirname(file), { recursive: true });
  await createArchive(file, listTree(folder), {
    format,
    // The parts of a .conda have the name of the file.
    stem: format === '.conda' ? path.basename(file, format) : formatDistName(index),
    mtime: index.timestamp === undefined ? DEFAULT_MTIME : Math.floor(index.timestamp / 1000),
    ...(level === undefined ? {} : { level }),
  });
  return { file, ...hashFile(file) };
}
