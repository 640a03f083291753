import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomic } from '../io/atomic-file.ts';
import { compressZstdSync } from '../io/zstd.ts';
import { CACHE_FILE, describeCache, type IndexedPackage } from './index-subdir.ts';
import { groupRecords } from './record-maps.ts';
import { encodeShardIndex, encodeShards } from './shards.ts';
import { formatStableJson } from './stable-json.ts';

export interface WriteSubdirIndexOptions {
  /** Undefined: there is no zstd here, so only plain files are written. */
  readonly level: number | undefined;
  /** Shards that the index of before names: its readers may still ask for them. */
  readonly previousShards: readonly string[];
}

/** Writes every file of a subdir's index; the shards before the index that names them. */
export async function writeSubdirIndex(
  folder: string,
  subdir: string,
  packages: readonly IndexedPackage[],
  options: WriteSubdirIndexOptions,
): Promise<void> {
  const { level } = options;
  const write = async (name: string, text: string): Promise<void> => {
    if (level !== undefined) {
      await writeFileAtomic(path.join(folder, `${name}.zst`), compressZstdSync(Buffer.from(text), level));
    }
    await writeFileAtomic(path.join(folder, name), text);
  };
  let shards: readonly string[] = [];
  if (level !== undefined) shards = await writeShards(folder, subdir, packages, level);
  await write('run_exports.json', formatRunExports(subdir, packages));
  await write('repodata.json', formatRepodata(subdir, packages));
  removeShards(folder, new Set([...shards, ...options.previousShards]));
  await writeFileAtomic(
    path.join(folder, CACHE_FILE),
    formatStableJson(describeCache(folder, packages, shards.toSorted())),
  );
}

async function writeShards(
  folder: string,
  subdir: string,
  packages: readonly IndexedPackage[],
  level: number,
): Promise<readonly string[]> {
  mkdirSync(path.join(folder, 'shards'), { recursive: true });
  const shards = encodeShards(packages, level);
  for (const { sha256, bytes } of shards.values()) {
    const file = path.join(folder, 'shards', `${sha256}.msgpack.zst`);
    // Their name is their digest: what is there is right.
    // oxlint-disable-next-line no-await-in-loop
    if (!existsSync(file)) await writeFileAtomic(file, bytes);
  }
  await writeFileAtomic(
    path.join(folder, 'repodata_shards.msgpack.zst'),
    encodeShardIndex(subdir, shards, level),
  );
  return [...shards.values()].map(({ sha256 }) => sha256);
}

function removeShards(folder: string, kept: ReadonlySet<string>): void {
  const shards = path.join(folder, 'shards');
  if (!existsSync(shards)) return;
  for (const name of readdirSync(shards)) {
    if (!kept.has(name.replace('.msgpack.zst', ''))) rmSync(path.join(shards, name), { force: true });
  }
}

/** `repodata.json` (CEP 36); records of schema 3 apart, where older clients don't look (CEP 48). */
function formatRepodata(subdir: string, packages: readonly IndexedPackage[]): string {
  return formatStableJson({ info: { subdir }, ...groupRecords(packages), removed: [], repodata_version: 1 });
}

/** `run_exports.json` (CEP 12). */
function formatRunExports(subdir: string, packages: readonly IndexedPackage[]): string {
  const maps = { packages: new Map<string, unknown>(), 'packages.conda': new Map<string, unknown>() };
  for (const { fn, runExports } of packages) {
    maps[fn.endsWith('.conda') ? 'packages.conda' : 'packages'].set(fn, { run_exports: runExports ?? {} });
  }
  return formatStableJson({ info: { subdir, version: 0 }, ...maps });
}
