import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import path from 'node:path';

import {
  type ArchiveFormat,
  type ArchiveLimits,
  createArchive,
  extractArchive,
  loadIndexJson,
  type PackedMember,
  sizeOf,
} from '../archive/index.ts';
import { formatDistName } from '../model/package-record.ts';
import { DEFAULT_MTIME } from './create-package.ts';
import { type FileDigests, hashFile } from './hash-file.ts';

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

/** Everything below `root`, with the permissions of `modes`: those on the disk lack what the umask takes. Files that are one on the disk stay one; directories that aren't empty go without saying. */
function listTree(root: string, modes: ReadonlyMap<string, number>): readonly PackedMember[] {
  const members: PackedMember[] = [];
  const known = new Map<bigint, string>();
  const walk = (folder: string): void => {
    for (const name of readdirSync(path.join(root, folder)).toSorted()) {
      const at = folder === '' ? name : `${folder}/${name}`;
      const file = path.join(root, at);
      const stats = lstatSync(file, { bigint: true });
      const mode = modes.get(at) ?? Number(stats.mode & 0o777n);
      if (stats.isSymbolicLink()) members.push({ kind: 'symlink', path: at, target: readlinkSync(file) });
      else if (stats.isDirectory()) {
        if (readdirSync(file).length === 0) members.push({ kind: 'directory', path: at, mode });
        walk(at);
      } else {
        const first = stats.nlink > 1n ? known.get(stats.ino) : undefined;
        // Each part of a .conda is a tar of its own: a link can't lead from one to the other.
        if (first !== undefined && isInfo(first) === isInfo(at)) {
          members.push({ kind: 'hardlink', path: at, mode, target: first });
          continue;
        }
        known.set(stats.ino, at);
        members.push({ kind: 'disk-file', path: at, mode, file, size: Number(stats.size) });
      }
    }
  };
  walk('');
  return members;
}

function isInfo(name: string): boolean {
  return name.startsWith('info/');
}
