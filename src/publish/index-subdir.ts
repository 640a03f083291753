import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { parsePackageInfo, readInfoFiles } from '../archive/index.ts';
import { TcondaError } from '../errors.ts';
import type { RunExportsJson } from '../model/package-info.ts';
import { type ChannelDataFacts, gatherFacts } from './channel-data.ts';
import { hashFile } from './hash-file.ts';

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
  readonly map: <T, R>(items: readonly T[], action: (item: T) => Promise<R>) => Promise<R[]>;
  readonly now?: number;
}

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

export interface IndexCache {
  readonly version: number;
  readonly packages: Readonly<Record<string, CachedPackage>>;
  readonly shards: readonly string[];
}

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
  const skipped: { file: string; reason: string }[] = [];
  let opened = 0;
  let times: ReadonlyMap<string, number> | undefined;
  /** When the server took this file in: what was said before stays true, whoever said it. */
  const addedAt = (fn: string): number | undefined => {
    if (options.now === undefined) return undefined;
    times ??= loadIndexedTimes(folder);
    return times.get(fn) ?? options.now;
  };
  const files = readdirSync(folder)
    .filter((file) => /\.(?:conda|tar\.bz2)$/.test(file) && !file.startsWith('.'))
    .toSorted();
  const packages = await options.map(files, async (fn) => {
    const file = path.join(folder, fn);
    try {
      const stats = statSync(file);
      const known = Object.hasOwn(cache.packages, fn) ? cache.packages[fn] : undefined;
      if (known !== undefined && known.record['size'] === stats.size && known.mtimeMs === stats.mtimeMs) {
        return { fn, record: known.record, runExports: known.runExports, facts: known.facts };
      }
      opened += 1;
      return await readPackage(file, fn, subdir, readTime(known?.record['indexed_timestamp']) ?? addedAt(fn));
    } catch (error) {
      if (!(error instanceof TcondaError)) throw error;
      skipped.push({ file: fn, reason: error.message });
      return undefined;
    }
  });
  return {
    packages: packages.filter((found) => found !== undefined),
    skipped: skipped.toSorted((a, b) => (a.file < b.file ? -1 : 1)),
    opened,
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

async function readPackage(
  file: string,
  fn: string,
  subdir: string,
  added: number | undefined,
): Promise<IndexedPackage> {
  const files = await readInfoFiles(file, INFO_FILES);
  const info = parsePackageInfo(files);
  const stem = fn.replace(/\.(?:conda|tar\.bz2)$/, '');
  const { name, version, build } = info.index;
  if (stem !== `${name}-${version}-${build}`) {
    throw new TcondaError('INVALID_PACKAGE_INFO', `${fn} says that it is ${name}-${version}-${build}`);
  }
  if (info.index.subdir !== subdir) {
    throw new TcondaError('INVALID_PACKAGE_INFO', `${fn} belongs into ${info.index.subdir}`);
  }
  const index = JSON.parse(files.get('info/index.json')?.toString('utf8') ?? '{}') as Record<string, unknown>;
  const { sha256, md5, size } = hashFile(file);
  return {
    fn,
    record: {
      ...index,
      name,
      subdir,
      md5,
      sha256,
      size,
      ...(added === undefined ? {} : { indexed_timestamp: added }),
    },
    runExports: files.has('info/run_exports.json') ? info.runExports : undefined,
    facts: gatherFacts(info),
  };
}

const INFO_FILES = ['index', 'paths', 'link', 'about', 'run_exports'].map((name) => `info/${name}.json`);

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
