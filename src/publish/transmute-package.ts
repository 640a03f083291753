import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';

import {
  type ArchiveFormat,
  type ArchiveLimits,
  createArchive,
  extractArchive,
  loadIndexJson,
  sizeOf,
} from '../archive/index.ts';
import { formatDistName } from '../model/package-record.ts';
import { DEFAULT_MTIME } from './create-package.ts';
import { type FileDigests, hashFile } from './hash-file.ts';
import { listTree } from './list-tree.ts';

export interface TransmuteOptions {
  readonly format: ArchiveFormat;
  /** Where the new archive is written; made when missing. */
  readonly outputDirectory: string;
  /** Of zstd, 1 to 22. */
  readonly level?: number;
  /** What the package may at most be; what is left out is as it is by default. */
  readonly limits?: Partial<ArchiveLimits>;
}

/**
 * Packs the content of an archive anew, in the other format or with another level: the same files, links, modes and metadata.
 * The same archive gives the same bytes.
 * @throws {TcondaError} `INVALID_ARCHIVE`, `UNSAFE_ARCHIVE`, `INVALID_PACKAGE_INFO`
 */
export async function transmutePackage(
  archive: string,
  options: TransmuteOptions,
): Promise<FileDigests & { readonly file: string }> {
  // Nothing is made for an archive that isn't there.
  sizeOf(archive);
  mkdirSync(options.outputDirectory, { recursive: true });
  const tree = mkdtempSync(path.join(options.outputDirectory, '.tconda-transmute-'));
  try {
    const modes = new Map<string, number>();
    await extractArchive(archive, tree, {
      ...(options.limits && { limits: options.limits }),
      onMember: (name, { mode }) => modes.set(name, mode & 0o777),
    });
    const index = loadIndexJson(tree);
    const stem = formatDistName(index);
    const file = path.join(options.outputDirectory, `${stem}${options.format}`);
    const { timestamp, level } = { timestamp: index.timestamp, level: options.level };
    await createArchive(file, listTree(tree, modes), {
      format: options.format,
      stem,
      mtime: timestamp === undefined ? DEFAULT_MTIME : Math.floor(timestamp / 1000),
      ...(level === undefined ? {} : { level }),
    });
    return { file, ...hashFile(file) };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}
