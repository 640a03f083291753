import { lstatSync, readdirSync, type Stats } from 'node:fs';
import path from 'node:path';

import { OTHER_CHANNELS, isWritableCache } from './package-cache.ts';
import { splitArchiveName } from './archive-name.ts';

/** Something that can be removed from a cache, with all below it. */
export interface Cleanable {
  readonly path: string;
  /** Relative to the cache, as conda lists it. */
  readonly name: string;
  /** Bytes that removing it gives back. */
  readonly size: number;
}

/** What one package cache could do without. */
export interface CacheCleanables {
  readonly pkgsDir: string;
  readonly items: readonly Cleanable[];
}

/** Archives, and beginnings of archives, in the caches that can be written. One that has a second hard link is in use. */
export function findUnusedTarballs(pkgsDirs: readonly string[]): readonly CacheCleanables[] {
  return inCaches(pkgsDirs, (directory) =>
    entries(directory).flatMap(({ file, name, stats }) => {
      const isArchive = splitArchiveName(name) !== undefined || name.endsWith('.partial');
      return isArchive && stats.isFile() && stats.nlink === 1 ? [{ file, size: stats.size }] : [];
    }),
  );
}

/**
 * Extracted packages of which no file is hard-linked into an environment, in the caches that can be written. What an environment
 * uses by symlink, by copy or by reflink can't be seen here.
 */
export function findUnusedPackages(pkgsDirs: readonly string[]): readonly CacheCleanables[] {
  return inCaches(pkgsDirs, (directory) =>
    entries(directory).flatMap(({ file, stats }) => {
      if (!stats.isDirectory() || !isDirectory(path.join(file, 'info'))) return [];
      const size = sizeIfUnlinked(file);
      return size === undefined ? [] : [{ file, size }];
    }),
  );
}

/** The directories with cached indexes. */
export function findIndexCaches(pkgsDirs: readonly string[]): readonly CacheCleanables[] {
  return writable(pkgsDirs).flatMap((pkgsDir) => {
    const file = path.join(pkgsDir, 'cache');
    return isDirectory(file)
      ? [{ pkgsDir, items: [{ path: file, name: 'cache', size: sizeOfTree(file) }] }]
      : [];
  });
}

/** Files that could not be removed when they were replaced (`*.c~`, `*.trash`, `*.conda_trash*`), anywhere below `directories`. */
export function findTemporaryFiles(directories: readonly string[]): readonly Cleanable[] {
  return directories.flatMap((directory) =>
    [...walk(directory)].flatMap(({ file, name, stats }) =>
      stats.isFile() && TEMPORARY.test(name)
        ? [{ path: file, name: path.relative(directory, file), size: stats.size }]
        : [],
    ),
  );
}

/** Files that old condas left in `.logs`. */
export function findLogFiles(pkgsDirs: readonly string[]): readonly CacheCleanables[] {
  return writable(pkgsDirs).flatMap((pkgsDir) => {
    const items = entries(path.join(pkgsDir, '.logs')).flatMap(({ file, stats }) =>
      stats.isFile() ? [{ path: file, name: path.relative(pkgsDir, file), size: stats.size }] : [],
    );
    return items.length === 0 ? [] : [{ pkgsDir, items }];
  });
}

/** Whole caches that can be written, with everything in them. */
export function findPackageCaches(pkgsDirs: readonly string[]): readonly Cleanable[] {
  return writable(pkgsDirs).map((pkgsDir) => ({ path: pkgsDir, name: pkgsDir, size: sizeOfTree(pkgsDir) }));
}

const TEMPORARY = /\.(?:c~|trash|conda_trash(?:_\d+)?)$/;

interface Entry {
  readonly name: string;
  readonly file: string;
  readonly stats: Stats;
}

function writable(pkgsDirs: readonly string[]): readonly string[] {
  return [...new Set(pkgsDirs)].filter((pkgsDir) => isWritableCache(pkgsDir));
}

/** Looks into each cache and into the places of its packages that share a file name with another channel's. */
function inCaches(
  pkgsDirs: readonly string[],
  find: (directory: string) => readonly { readonly file: string; readonly size: number }[],
): readonly CacheCleanables[] {
  return writable(pkgsDirs).flatMap((pkgsDir) => {
    const others = entries(path.join(pkgsDir, OTHER_CHANNELS)).flatMap(({ file, stats }) =>
      stats.isDirectory() ? [file] : [],
    );
    const items = [pkgsDir, ...others]
      .flatMap(find)
      .map(({ file, size }) => ({ path: file, name: path.relative(pkgsDir, file), size }));
    return items.length === 0 ? [] : [{ pkgsDir, items }];
  });
}

/** Sorted by name. A directory that is not there has none; what vanishes meanwhile is left out. */
function entries(directory: string): readonly Entry[] {
  let names;
  try {
    names = readdirSync(directory);
  } catch {
    return [];
  }
  return names.toSorted().flatMap((name) => {
    const file = path.join(directory, name);
    const stats = lstatOf(file);
    return stats === undefined ? [] : [{ name, file, stats }];
  });
}

/** Everything below, links not followed. */
function* walk(directory: string): Generator<Entry> {
  const open = [directory];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of entries(next)) {
      yield entry;
      if (entry.stats.isDirectory()) open.push(entry.file);
    }
  }
}

function sizeIfUnlinked(directory: string): number | undefined {
  let size = 0;
  for (const { stats } of walk(directory)) {
    if (stats.isDirectory()) continue;
    if (stats.nlink > 1) return undefined;
    size += stats.size;
  }
  return size;
}

function sizeOfTree(directory: string): number {
  let size = 0;
  for (const { stats } of walk(directory)) if (!stats.isDirectory()) size += stats.size;
  return size;
}

function isDirectory(file: string): boolean {
  return lstatOf(file)?.isDirectory() ?? false;
}

function lstatOf(file: string): Stats | undefined {
  try {
    return lstatSync(file);
  } catch {
    return undefined;
  }
}
