import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomic } from '../io/atomic-file.ts';
import { loadZstdEncoder } from '../io/zstd-encoder.ts';
import { CACHE_FILE, describeCache, type IndexedPackage } from './index-subdir.ts';
import type { PatchedPackages } from './patch-instructions.ts';
import { describeRevisions, groupRecords } from './record-maps.ts';
import { encodeShardIndex, encodeShards } from './shards.ts';
import { formatStableJson } from './stable-json.ts';

export interface WriteSubdirIndexOptions {
  /** Of zstd, 1 to 22. */
  readonly level: number;
  /** Shards that the index of before names: its readers may still ask for them. */
  readonly previousShards: readonly string[];
  /** What the index offers, when that is not what the packages say. */
  readonly patched?: PatchedPackages;
}

/**
 * Writes every file of a subdir's index; the shards before the index that names them. A file whose content would be the same stays
 * as it is: its readers need not fetch it again.
 */
export async function writeSubdirIndex(
  folder: string,
  subdir: string,
  packages: readonly IndexedPackage[],
  options: WriteSubdirIndexOptions,
): Promise<void> {
  const { level, patched } = options;
  const encoder = await loadZstdEncoder();
  const compress = (bytes: Uint8Array): Buffer => encoder.whole(bytes, level);
  const write = async (name: string, text: string): Promise<void> => {
    const isNew = await writeChanged(path.join(folder, name), Buffer.from(text));
    const packed = path.join(folder, `${name}.zst`);
    if (isNew || !existsSync(packed)) {
      await writeFileAtomic(packed, compress(Buffer.from(text)));
    }
  };
  const offered = patched?.packages ?? packages;
  const removed = patched?.removed ?? [];
  const shards = await writeShards(folder, subdir, { offered, removed }, compress);
  await write('run_exports.json', formatRunExports(subdir, offered));
  if (patched !== undefined) {
    await write(UNPATCHED, formatRepodata(subdir, packages, []));
  } else {
    for (const name of [UNPATCHED, `${UNPATCHED}.zst`]) rmSync(path.join(folder, name), { force: true });
  }
  await write('repodata.json', formatRepodata(subdir, offered, removed));
  removeShards(folder, new Set([...shards, ...options.previousShards]));
  await writeChanged(
    path.join(folder, CACHE_FILE),
    Buffer.from(formatStableJson(describeCache(folder, packages, shards.toSorted()))),
  );
}

const UNPATCHED = 'repodata_from_packages.json';

/** @returns whether the file was written */
async function writeChanged(file: string, content: Buffer): Promise<boolean> {
  if (existsSync(file) && readFileSync(file).equals(content)) return false;
  await writeFileAtomic(file, content);
  return true;
}

async function writeShards(
  folder: string,
  subdir: string,
  { offered, removed }: { readonly offered: readonly IndexedPackage[]; readonly removed: readonly string[] },
  compress: (bytes: Uint8Array) => Buffer,
): Promise<readonly string[]> {
  mkdirSync(path.join(folder, 'shards'), { recursive: true });
  const shards = encodeShards(offered, removed, compress);
  for (const { sha256, bytes } of shards.values()) {
    const file = path.join(folder, 'shards', `${sha256}.msgpack.zst`);
    // Their name is their digest: what is there is right.
    // oxlint-disable-next-line no-await-in-loop
    if (!existsSync(file)) await writeFileAtomic(file, bytes);
  }
  await writeChanged(
    path.join(folder, 'repodata_shards.msgpack.zst'),
    Buffer.from(encodeShardIndex(subdir, shards, compress, describeRevisions(offered))),
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
function formatRepodata(
  subdir: string,
  packages: readonly IndexedPackage[],
  removed: readonly string[],
): string {
  return formatStableJson({
    info: { subdir, ...describeRevisions(packages) },
    ...groupRecords(packages),
    removed,
    repodata_version: 1,
  });
}

/** `run_exports.json` (CEP 12). */
function formatRunExports(subdir: string, packages: readonly IndexedPackage[]): string {
  const maps = { packages: new Map<string, unknown>(), 'packages.conda': new Map<string, unknown>() };
  for (const { fn, runExports } of packages) {
    maps[fn.endsWith('.conda') ? 'packages.conda' : 'packages'].set(fn, { run_exports: runExports ?? {} });
  }
  return formatStableJson({ info: { subdir, version: 0 }, ...maps });
}
