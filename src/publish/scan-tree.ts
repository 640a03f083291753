import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type Stats } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { FileMode, PathEntry } from '../model/package-info.ts';
import type { PackedMember } from '../archive/index.ts';

export interface ScanTreeOptions {
  /** The text that stands for the prefix; files that contain it are marked. */
  readonly placeholder?: string;
  /** Paths that must be copied, never linked. */
  readonly noLink?: readonly string[];
  /** Only these files and links, relative to the tree; everything unless told. */
  readonly only?: readonly string[];
}

/** A package's body, ready to be packed and described. */
export interface ScannedTree {
  readonly members: readonly PackedMember[];
  readonly paths: readonly PathEntry[];
}

/**
 * Reads the directory `tree`, the body of a package as it shall lie in a prefix: files with digest, size and placeholder, symlinks as
 * they are, hardlinks among its own files, and directories that are empty. In the order of the paths' bytes.
 * @throws {TcondaError} `INVALID_PACKAGE_INFO` for what can't be in a package
 */
export function scanTree(tree: string, options: ScanTreeOptions = {}): ScannedTree {
  const members: PackedMember[] = [];
  const entries = new Map<string, PathEntry>();
  const links = new Map<string, string>();
  const inodes = new Map<string, string>();
  const noLink = new Set(options.noLink);
  const placeholder = Buffer.from(options.placeholder ?? '');
  for (const [name, stats] of options.only === undefined ? walk(tree) : pick(tree, options.only)) {
    const file = path.join(tree, name);
    const mode = packedMode(stats.mode);
    if (stats.isDirectory()) {
      members.push({ kind: 'directory', path: name, mode });
      entries.set(name, { _path: name, path_type: 'directory' });
    } else if (stats.isSymbolicLink()) {
      const target = readlinkSync(file);
      links.set(name, target);
      members.push({ kind: 'symlink', path: name, target });
      entries.set(name, { _path: name, path_type: 'softlink' });
    } else if (stats.isFile()) {
      const inode = `${stats.dev}:${stats.ino}`;
      const first = stats.nlink > 1 ? inodes.get(inode) : undefined;
      if (first === undefined) {
        inodes.set(inode, name);
        members.push({ kind: 'disk-file', path: name, mode, file, size: stats.size });
      } else {
        members.push({ kind: 'hardlink', path: name, mode, target: first });
      }
      const content = scanFile(file, placeholder);
      entries.set(name, {
        _path: name,
        path_type: 'hardlink',
        ...(content.fileMode === undefined
          ? {}
          : { prefix_placeholder: options.placeholder ?? '', file_mode: content.fileMode }),
        ...(noLink.has(name) ? { no_link: true } : {}),
        sha256: content.sha256,
        size_in_bytes: stats.size,
      });
    } else {
      throw new TcondaError('INVALID_PACKAGE_INFO', `${file} is neither file, link nor directory`);
    }
  }
  const paths = [...entries.values()].map((entry) => describeLink(entry, links, entries));
  return { members, paths };
}

/** What its owner may do, and for everybody else the same but writing: so the umask of who made the tree is not in the package. */
function packedMode(mode: number): number {
  const owner = (mode >> 6) & 0o7;
  return (owner << 6) | ((owner & 0o5) << 3) | (owner & 0o5);
}

/** @throws {TcondaError} `INVALID_PACKAGE_INFO` */
function checkName(name: string): void {
  if (!/^(?:info|conda-meta)(?:\/|$)/.test(name)) return;
  throw new TcondaError('INVALID_PACKAGE_INFO', `A package can't contain the path '${name}'`);
}

function* pick(tree: string, names: readonly string[]): Generator<[string, Stats]> {
  for (const name of names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    checkName(name);
    yield [name, lstatSync(path.join(tree, name))];
  }
}

/** Everything below `tree` but directories that hold something. */
function* walk(tree: string, below = ''): Generator<[string, Stats]> {
  const names = readdirSync(path.join(tree, below)).toSorted((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  for (const base of names) {
    const name = below === '' ? base : `${below}/${base}`;
    checkName(name);
    const stats = lstatSync(path.join(tree, name));
    if (stats.isDirectory() && readdirSync(path.join(tree, name)).length > 0) yield* walk(tree, name);
    else yield [name, stats];
  }
}

interface ScannedFile {
  readonly sha256: string;
  /** Undefined without placeholder; binary when there is a NUL anywhere. */
  readonly fileMode: FileMode | undefined;
}

function scanFile(file: string, placeholder: Buffer): ScannedFile {
  const hash = createHash('sha256');
  const descriptor = openSync(file, 'r');
  const overlap = Math.max(0, placeholder.length - 1);
  const buffer = Buffer.allocUnsafe(CHUNK + overlap);
  let kept = 0;
  let hasPlaceholder = false;
  let hasNul = false;
  try {
    for (;;) {
      const count = readSync(descriptor, buffer, kept, CHUNK, null);
      if (count === 0) break;
      const end = kept + count;
      const fresh = buffer.subarray(kept, end);
      hash.update(fresh);
      hasNul ||= fresh.includes(0);
      hasPlaceholder ||= placeholder.length > 0 && buffer.subarray(0, end).includes(placeholder);
      // The placeholder may lie across the border of two chunks.
      const next = Math.min(overlap, end);
      buffer.copy(buffer, 0, end - next, end);
      kept = next;
    }
  } finally {
    closeSync(descriptor);
  }
  return { sha256: hash.digest('hex'), fileMode: hasPlaceholder ? (hasNul ? 'binary' : 'text') : undefined };
}

const CHUNK = 1024 * 1024;

/** A symlink to a file of the same package is described by the digest and size of that file (CEP 34). */
function describeLink(
  entry: PathEntry,
  links: ReadonlyMap<string, string>,
  entries: ReadonlyMap<string, PathEntry>,
): PathEntry {
  if (entry.path_type !== 'softlink') return entry;
  let name = entry._path;
  for (let hops = 0; hops < 40; hops += 1) {
    const target = links.get(name);
    if (target === undefined || target.startsWith('/')) break;
    name = path.posix.join(path.posix.dirname(name), target);
  }
  const { sha256, size_in_bytes: size } = entries.get(name) ?? {};
  return sha256 === undefined || size === undefined ? entry : { ...entry, sha256, size_in_bytes: size };
}
