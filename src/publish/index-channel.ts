import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { loadPatches, PATCH_FILE } from './find-patches.ts';
import { type IndexedPackage, indexSubdir } from './index-subdir.ts';
import { writeChannelData } from './channel-data.ts';
import { applyPatches, loadPatchInstructions } from './patch-instructions.ts';
import { createPackageReaders } from './package-readers.ts';
import { writeSubdirIndex } from './write-subdir-index.ts';

export interface IndexChannelOptions {
  /** Milliseconds since 1970: when packages that are new in the index count as added (CEP 47). Left out, nothing is said of it. */
  readonly now?: number;
  /** Packages opened at once, each in a thread; default 4. */
  readonly parallel?: number;
  /** zstd level of the compressed forms; default 16. */
  readonly level?: number;
  /** A folder or package with `SUBDIR/patch_instructions.json`. By default those that lie in the channel itself count. */
  readonly patches?: string;
}

/** What was done to the index of a subdir. */
export interface IndexedSubdir {
  readonly subdir: string;
  readonly packages: number;
  /** How many of them were opened; the others were known. */
  readonly opened: number;
  /** Packages that patches took out of the index. */
  readonly removed: readonly string[];
  /** Files that are no package of this subdir, each with the reason. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Writes the index of the channel in `directory`: for `noarch` and each other subdir there `repodata.json`, its zstd form, shards (CEP 16),
 * `run_exports.json` (CEP 12); and `channeldata.json` (CEP 38). Where a subdir has repodata patches they are applied, and
 * `repodata_from_packages.json` says what was before.
 *
 * Packages are opened only when they are new or changed since the last time, as size and time tell. The same packages give the same bytes.
 * Each file is replaced at once, shards before the index that names them.
 */
export async function indexChannel(
  directory: string,
  options: IndexChannelOptions = {},
): Promise<readonly IndexedSubdir[]> {
  mkdirSync(path.join(directory, 'noarch'), { recursive: true });
  const patches = options.patches === undefined ? undefined : await loadPatches(options.patches);
  const readers = createPackageReaders(options.parallel ?? 4);
  const results: IndexedSubdir[] = [];
  const all: IndexedPackage[] = [];
  try {
    for (const subdir of subdirsOf(directory)) {
      const folder = path.join(directory, subdir);
      const { now } = options;
      // oxlint-disable-next-line no-await-in-loop -- packages of one subdir are already read in parallel
      const content = await indexSubdir(folder, subdir, { readers, ...(now === undefined ? {} : { now }) });
      const instructions = patches
        ? patches.get(subdir)
        : loadPatchInstructions(path.join(folder, PATCH_FILE));
      const patched = instructions && applyPatches(content.packages, instructions);
      // oxlint-disable-next-line no-await-in-loop
      await writeSubdirIndex(folder, subdir, content.packages, {
        level: options.level ?? 16,
        previousShards: content.shards,
        ...(patched && { patched }),
      });
      const { packages, removed } = patched ?? { packages: content.packages, removed: [] };
      all.push(...packages);
      results.push({
        subdir,
        packages: packages.length,
        opened: content.opened,
        removed,
        skipped: content.skipped,
      });
    }
  } finally {
    await readers.close();
  }
  await writeChannelData(directory, all);
  return results;
}

/** `linux-64`, `noarch`, ... */
const SUBDIR = /^(?:noarch|[a-z]+-[a-z0-9_]+)$/;

function subdirsOf(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && SUBDIR.test(entry.name))
    .map((entry) => entry.name)
    .toSorted();
}
