import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { extractArchive } from '../archive/index.ts';
import { TcondaError } from '../errors.ts';
import { loadPatchInstructions, type PatchInstructions } from './patch-instructions.ts';

/** The name of the instructions in the folder of a subdir. */
export const PATCH_FILE = 'patch_instructions.json';

/**
 * Reads repodata patches, by subdir, from a folder or a package (such as conda-forge-repodata-patches) that holds
 * `SUBDIR/patch_instructions.json`.
 * @throws {TcondaError} `FILE_NOT_FOUND`, `INVALID_VALUE`, and for a package `INVALID_ARCHIVE` or `UNSAFE_ARCHIVE`
 */
export async function loadPatches(source: string): Promise<ReadonlyMap<string, PatchInstructions>> {
  if (!existsSync(source)) throw new TcondaError('FILE_NOT_FOUND', `There is no ${source}`);
  if (statSync(source).isDirectory()) return loadFolder(source);
  const directory = mkdtempSync(path.join(tmpdir(), 'tconda-patches-'));
  try {
    await extractArchive(source, directory);
    return loadFolder(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function loadFolder(folder: string): ReadonlyMap<string, PatchInstructions> {
  const found = new Map<string, PatchInstructions>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const instructions = loadPatchInstructions(path.join(folder, entry.name, PATCH_FILE));
    if (instructions !== undefined) found.set(entry.name, instructions);
  }
  return found;
}
