import { existsSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import path from 'node:path';

/** What lies in one package cache and could be removed. Names are relative to the cache; sizes are bytes. */
export interface CacheInventory {
  readonly pkgsDir: string;
  readonly tarballs: ReadonlyMap<string, number>;
  /** Extracted packages that no environment shares files with. */
  readonly packages: ReadonlyMap<string, number>;
  /** All extracted packages; environments keep their hard links, but not their soft ones. */
  readonly allPackages: ReadonlyMap<string, number>;
  readonly tempfiles: readonly string[];
  readonly logfiles: readonly string[];
  /** The folder of cached indexes, if it is there. */
  readonly indexCache: string | undefined;
}

const ARCHIVE = /\.(?:conda|tar\.bz2)$/;
const TEMPORARY = /\.(?:c~|trash|partial|part)$/;

/** Looks through the caches that exist. */
export function takeInventory(pkgsDirs: readonly string[]): readonly CacheInventory[] {
  return pkgsDirs.filter((directory) => existsSync(directory)).map(inventoryOf);
}

function inventoryOf(pkgsDir: string): CacheInventory {
  const tarballs = new Map<string, number>();
  const packages = new Map<string, number>();
  const allPackages = new Map<string, number>();
  const tempfiles: string[] = [];
  for (const name of readdirSync(pkgsDir).toSorted()) {
    const full = path.join(pkgsDir, name);
    const stats = lstatSync(full, { throwIfNoEntry: false });
    if (stats?.isFile() === true) {
      if (ARCHIVE.test(name)) tarballs.set(name, stats.size);
      else if (TEMPORARY.test(name)) tempfiles.push(full);
    } else if (stats?.isDirectory() === true && existsSync(path.join(full, 'info', 'index.json'))) {
      const { size, isShared } = measure(full);
      allPackages.set(name, size);
      if (!isShared) packages.set(name, size);
    }
  }
  const indexCache = path.join(pkgsDir, 'cache');
  const logs = path.join(pkgsDir, '.logs');
  return {
    pkgsDir,
    tarballs,
    packages,
    allPackages,
    tempfiles,
    logfiles: existsSync(logs) ? readdirSync(logs).map((name) => path.join(logs, name)) : [],
    indexCache: existsSync(indexCache) ? indexCache : undefined,
  };
}

/** The size of a tree, and whether any file in it has another name elsewhere. */
function measure(directory: string): { readonly size: number; readonly isShared: boolean } {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => lstatSync(path.join(directory, name), { throwIfNoEntry: false }))
    .filter((stats): stats is Stats => stats?.isFile() === true);
  return {
    size: files.reduce((sum, { size }) => sum + size, 0),
    isShared: files.some(({ nlink }) => nlink > 1),
  };
}
