import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { RunExportsJson } from '../model/package-info.ts';
import type { ChannelDataFacts } from './channel-data.ts';
import type { PackageReaders } from './package-readers.ts';
import type { ReadPackageTask } from './read-package.ts';

/** A package of a subdir, as the index has it. */
export interface IndexedPackage {
  /** File name. */
  readonly fn: string;
  /** `info/index.json` with digests and size, in its own spelling. */
  readonly record: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly runExports: RunExportsJson | undefined;
  readonly facts: ChannelDataFacts;
}

export interface IndexSubdirOptions {
  readonly readers: PackageReaders;
  readonly now?: number;
}

/** The packages of a directory. */
export interface SubdirContent {
  /** By file name. */
  readonly packages: readonly IndexedPackage[];
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  /** How many packages were opened; the others were known. */
  readonly opened: number;
  /** Shards that the last index named. */
  readonly shards: readonly string[];
}

/** What was found out about the files of a subdir the last time; a hidden file beside them. */
export const CACHE_FILE = '.tconda-index.json';
const CACHE_VERSION = 1;

/** What is kept between two runs, so that a package that stayed is not opened again. */
export interface IndexCache {
  readonly version: number;
  readonly packages: Readonly<Record<string, CachedPackage>>;
  readonly shards: readonly string[];
}

/** A package that was opened, and how to tell that it is still the same file. */
export interface CachedPackage extends Omit<IndexedPackage, 'fn' | 'runExports'> {
  readonly runExports?: RunExportsJson | undefined;
  readonly mtimeMs: number;
}

/** Reads what the packages of one subdir say of themselves; from the last time's notes where a file hasn't changed since. */
export async function indexSubdir(
  folder: string,
  subdir: string,
  options: IndexSubdirOptions,
): Promise<SubdirContent> {
  const cache = loadCache(folder);
  let times: ReadonlyMap<string, number> | undefined;
  /** When the server took this file in: what was said before stays true, whoever said it. */
  const addedAt = (fn: string): number | undefined => {
    if (options.now === undefined) return undefined;
    times ??= loadIndexedTimes(folder);
    return times.get(fn) ?? options.now;
  };
  const packages: IndexedPackage[] = [];
  const tasks: ReadPackageTask[] = [];
  for (const fn of readdirSync(folder)) {
    if (!/\.(?:conda|tar\.bz2)$/.test(fn) || fn.startsWith('.')) continue;
    const file = path.join(folder, fn);
    const stats = statSync(file, { throwIfNoEntry: false });
    const known = Object.hasOwn(cache.packages, fn) ? cache.packages[fn] : undefined;
    const isKnown = known?.record['size'] === stats?.size && known?.mtimeMs === stats?.mtimeMs;
    if (known !== undefined && isKnown) {
      packages.push({ fn, record: known.record, runExports: known.runExports, facts: known.facts });
    } else {
      tasks.push({ file, fn, subdir, added: readTime(known?.record['indexed_timestamp']) ?? addedAt(fn) });
    }
  }
  const skipped: { file: string; reason: string }[] = [];
  for (const [position, result] of (await options.readers.readAll(tasks)).entries()) {
    if (result.status === 'fulfilled') packages.push(result.value);
    else if (!(result.reason instanceof TcondaError)) throw result.reason;
    else skipped.push({ file: tasks[position]?.fn ?? '', reason: result.reason.message });
  }
  return {
    packages: packages.toSorted((a, b) => (a.fn < b.fn ? -1 : 1)),
    skipped: skipped.toSorted((a, b) => (a.file < b.file ? -1 : 1)),
    opened: tasks.length,
    shards: cache.shards,
  };
}

/** `indexed_timestamp` by file name in the index that is there already; it may be another program's. */
function loadIndexedTimes(folder: string): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  let index: Record<string, unknown>;
  try {
    index = JSON.parse(readFileSync(path.join(folder, 'repodata.json'), 'utf8')) as Record<string, unknown>;
  } catch {
    return times;
  }
  const v3 = (index['v3'] ?? {}) as Record<string, unknown>;
  const maps = [
    ...(['packages', 'packages.conda'] as const).map((key) => ['', index[key]] as const),
    ...(['conda', 'tar.bz2'] as const).map((key) => [`.${key}`, v3[key]] as const),
  ];
  for (const [extension, map] of maps) {
    for (const [key, record] of Object.entries((map ?? {}) as Record<string, Record<string, unknown>>)) {
      const time = readTime(record['indexed_timestamp']);
      if (time !== undefined) times.set(`${key}${extension}`, time);
    }
  }
  return times;
}

function readTime(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

const NOTHING: IndexCache = { version: CACHE_VERSION, packages: {}, shards: [] };

function loadCache(folder: string): IndexCache {
  try {
    const cache = JSON.parse(readFileSync(path.join(folder, CACHE_FILE), 'utf8')) as IndexCache;
    return cache.version === CACHE_VERSION ? cache : NOTHING;
  } catch {
    // Whatever is wrong with it, it can be written anew.
    return NOTHING;
  }
}

/** The notes for the next time. */
export function describeCache(
  folder: string,
  packages: readonly IndexedPackage[],
  shards: readonly string[],
): IndexCache {
  const notes = Object.create(null) as Record<string, CachedPackage>;
  for (const { fn, record, runExports, facts } of packages) {
    notes[fn] = { record, runExports, facts, mtimeMs: statSync(path.join(folder, fn)).mtimeMs };
  }
  return { version: CACHE_VERSION, packages: notes, shards };
}
