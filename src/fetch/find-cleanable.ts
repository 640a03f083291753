import { lstatSync, readdirSync, realpathSync, type Stats } from 'node:fs';
import path from 'node:path';

import { findLeaseHolder } from '../io/lease-file.ts';
import { splitArchiveName } from './archive-name.ts';
import { isWritableCache, OTHER_CHANNELS } from './package-cache.ts';
import { SHELTER } from './sweep-cache.ts';

/** Something that can be removed from a cache, with all below it. */
export interface Cleanable {
  readonly path: string;
  /** Relative to the cache, as conda lists it. */
  readonly name: string;
  /** Bytes that removing it gives back. */
  readonly size: number;
  /** Milliseconds since 1970: when it was last made or read, as far as the file system notes that. */
  readonly lastUse: number;
  /** How it is removed where that takes more than its name and itself. */
  readonly remove?: () => Promise<void>;
}

/** What one package cache could do without. */
export interface CacheCleanables {
  readonly pkgsDir: string;
  readonly items: readonly Cleanable[];
}

/**
 * Archives, and beginnings of archives that no process is downloading, in the caches that can be written. One that has a second hard
 * link is in use.
 */
export async function findUnusedTarballs(pkgsDirs: readonly string[]): Promise<readonly CacheCleanables[]> {
  const found = inCaches(pkgsDirs, (directory) =>
    entries(directory).flatMap(({ file, name, stats }) => {
      const isArchive = splitArchiveName(name) !== undefined || name.endsWith('.partial');
      return isArchive && stats.isFile() && stats.nlink === 1
        ? [{ file, size: stats.size, lastUse: lastUse(stats) }]
        : [];
    }),
  );
  return withoutLeased(found, (file) =>
    file.endsWith('.tconda.partial') ? file.slice(0, -'.tconda.partial'.length) : undefined,
  );
}

/**
 * Extracted packages that no environment uses, in the caches that can be written: none of their files is hard-linked, and `used`
 * has none of their real paths. Those are known from the environments: a copy, a symlink or a reflink leaves no trace here.
 */
export function findUnusedPackages(
  pkgsDirs: readonly string[],
  used: ReadonlySet<string> = new Set(),
): readonly CacheCleanables[] {
  return inCaches(pkgsDirs, (directory) =>
    entries(directory).flatMap(({ file, stats }) => {
      if (!stats.isDirectory() || !isDirectory(path.join(file, 'info'))) return [];
      if (used.size > 0 && used.has(realpathSync(file))) return [];
      const size = sizeIfUnlinked(file);
      if (size === undefined) return [];
      // Whoever takes it from the cache reads this file.
      const mark = lstatOf(path.join(file, 'info', 'repodata_record.json'));
      return [{ file, size, lastUse: lastUse(mark ?? stats) }];
    }),
  );
}

/** Directories in which extractions were under way that ended early, in the caches that can be written. */
export function findStaleExtractions(pkgsDirs: readonly string[]): Promise<readonly CacheCleanables[]> {
  const found = inCaches(pkgsDirs, (directory) =>
    entries(directory).flatMap(({ file, name, stats }) =>
      stats.isDirectory() && SHELTER.test(name)
        ? [{ file, size: sizeOfTree(file), lastUse: lastUse(stats) }]
        : [],
    ),
  );
  return withoutLeased(found, (file) => file.replace(/\.[0-9a-f]{12}\.extract$/, ''));
}

/** Bytes of all archives and extracted packages in the caches that can be written. */
export function sizeOfCaches(pkgsDirs: readonly string[]): number {
  let size = 0;
  for (const pkgsDir of writable(pkgsDirs)) {
    const index = path.join(pkgsDir, 'cache');
    for (const { file, stats } of entries(pkgsDir)) {
      if (file !== index) size += stats.isDirectory() ? sizeOfTree(file) : stats.size;
    }
  }
  return size;
}

/** Leaves out what a living process holds the lease of. `subject` names what that is on. */
async function withoutLeased(
  found: readonly CacheCleanables[],
  subject: (file: string) => string | undefined,
): Promise<readonly CacheCleanables[]> {
  const left: CacheCleanables[] = [];
  for (const { pkgsDir, items } of found) {
    const free: Cleanable[] = [];
    for (const item of items) {
      const name = subject(item.path);
      const lease = name && path.join(path.dirname(name), `.${path.basename(name)}.tconda-lock`);
      if (lease === undefined || (await findLeaseHolder(lease)) === undefined) free.push(item);
    }
    if (free.length > 0) left.push({ pkgsDir, items: free });
  }
  return left;
}

/** Many file systems note reading once a day; some never. */
function lastUse(stats: Stats): number {
  return Math.max(stats.mtimeMs, stats.atimeMs);
}

/** The directories with cached indexes. */
export function findIndexCaches(pkgsDirs: readonly string[]): readonly CacheCleanables[] {
  return writable(pkgsDirs).flatMap((pkgsDir) => {
    const file = path.join(pkgsDir, 'cache');
    return isDirectory(file)
      ? [{ pkgsDir, items: [{ path: file, name: 'cache', size: sizeOfTree(file), lastUse: 0 }] }]
      : [];
  });
}

/** Files that could not be removed when they were replaced (`*.c~`, `*.trash`, `*.conda_trash*`), anywhere below `directories`. */
export function findTemporaryFiles(directories: readonly string[]): readonly Cleanable[] {
  return directories.flatMap((directory) =>
    [...walk(directory)].flatMap(({ file, name, stats }) =>
      stats.isFile() && TEMPORARY.test(name)
        ? [{ path: file, name: path.relative(directory, file), size: stats.size, lastUse: lastUse(stats) }]
        : [],
    ),
  );
}

/** Files that old condas left in `.logs`. */
export function findLogFiles(pkgsDirs: readonly string[]): readonly CacheCleanables[] {
  return writable(pkgsDirs).flatMap((pkgsDir) => {
    const items = entries(path.join(pkgsDir, '.logs')).flatMap(({ file, stats }) =>
      stats.isFile()
        ? [{ path: file, name: path.relative(pkgsDir, file), size: stats.size, lastUse: lastUse(stats) }]
        : [],
    );
    return items.length === 0 ? [] : [{ pkgsDir, items }];
  });
}

/** Whole caches that can be written, with everything in them. */
export function findPackageCaches(pkgsDirs: readonly string[]): readonly Cleanable[] {
  return writable(pkgsDirs).map((pkgsDir) => ({
    path: pkgsDir,
    name: pkgsDir,
    size: sizeOfTree(pkgsDir),
    lastUse: 0,
  }));
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
  find: (
    directory: string,
  ) => readonly { readonly file: string; readonly size: number; readonly lastUse: number }[],
): readonly CacheCleanables[] {
  return writable(pkgsDirs).flatMap((pkgsDir) => {
    const others = entries(path.join(pkgsDir, OTHER_CHANNELS)).flatMap(({ file, stats }) =>
      stats.isDirectory() ? [file] : [],
    );
    const items = [pkgsDir, ...others]
      .flatMap(find)
      .map(({ file, ...more }) => ({ path: file, name: path.relative(pkgsDir, file), ...more }));
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
