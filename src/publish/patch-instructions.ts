import { readFileSync } from 'node:fs';

import { TcondaError } from '../errors.ts';
import type { RunExportsJson } from '../model/package-info.ts';
import type { IndexedPackage } from './index-subdir.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `patch_instructions.json`: how the index of a subdir differs from what its packages say of themselves. */
export interface PatchInstructions {
  /** By file name: fields that replace those of the record. Those of a `.tar.bz2` hold for the `.conda` beside it, too. */
  readonly packages: ReadonlyMap<string, Fields>;
  readonly condaPackages: ReadonlyMap<string, Fields>;
  /** File names that are not offered any more. */
  readonly remove: readonly string[];
  /** File names that stay listed and can't be installed. */
  readonly revoke: readonly string[];
}

/** What a subdir's index offers after its patches. */
export interface PatchedPackages {
  readonly packages: readonly IndexedPackage[];
  /** File names, sorted. */
  readonly removed: readonly string[];
}

/**
 * Reads `patch_instructions.json`, version 1 or 2; undefined when there is none.
 * @throws {TcondaError} `INVALID_VALUE`
 */
export function loadPatchInstructions(file: string): PatchInstructions | undefined {
  let bytes;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return parsePatchInstructions(bytes, file);
}

/** @throws {TcondaError} `INVALID_VALUE` */
export function parsePatchInstructions(bytes: Uint8Array, source: string): PatchInstructions {
  const bad = (reason: string, cause?: unknown): TcondaError =>
    new TcondaError('INVALID_VALUE', `${source}: ${reason}`, { cause });
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw bad('is not JSON', cause);
  }
  if (!isObject(parsed)) throw bad('is not an object');
  const version = parsed['patch_instructions_version'] ?? 1;
  if (version !== 1 && version !== 2) throw bad(`has version ${JSON.stringify(version)}, not 1 or 2`);
  const fieldsOf = (key: string): ReadonlyMap<string, Fields> => {
    const map = parsed[key] ?? {};
    if (!isObject(map)) throw bad(`'${key}' is not an object`);
    return new Map(
      Object.entries(map).map(([fn, fields]) => {
        if (!isObject(fields)) throw bad(`what '${key}' says of ${fn} is not an object`);
        return [fn, fields];
      }),
    );
  };
  const listOf = (key: string): readonly string[] => {
    const list = parsed[key] ?? [];
    if (!Array.isArray(list) || list.some((fn) => typeof fn !== 'string')) {
      throw bad(`'${key}' is not a list of file names`);
    }
    return list as readonly string[];
  };
  return {
    packages: fieldsOf('packages'),
    condaPackages: fieldsOf('packages.conda'),
    remove: listOf('remove'),
    revoke: listOf('revoke'),
  };
}

/** Carries out the instructions in conda-index's order: fields of `packages`, then of `packages.conda`, then `revoke`, then `remove`. */
export function applyPatches(
  packages: readonly IndexedPackage[],
  instructions: PatchInstructions,
): PatchedPackages {
  const revoked = withConda(instructions.revoke);
  const unwanted = withConda(instructions.remove);
  const removed: string[] = [];
  const offered: IndexedPackage[] = [];
  for (const found of packages) {
    if (unwanted.has(found.fn)) {
      removed.push(found.fn);
      continue;
    }
    const twin = found.fn.replace(/\.conda$/, '.tar.bz2');
    const patches = [
      instructions.packages.get(twin),
      found.fn === twin ? undefined : instructions.condaPackages.get(found.fn),
    ].filter((fields) => fields !== undefined);
    const patched = patches.reduce<IndexedPackage>(patch, found);
    offered.push(revoked.has(found.fn) ? revoke(patched) : patched);
  }
  return { packages: offered, removed: removed.toSorted() };
}

/** What is said of a `.tar.bz2` is said of its `.conda` twin. */
function withConda(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((fn) => [fn, fn.replace(/\.tar\.bz2$/, '.conda')]));
}

/** These say which file it is, or when the server took it in (CEP 47): no patch changes them. */
const FIXED: ReadonlySet<string> = new Set(['name', 'sha256', 'md5', 'size', 'indexed_timestamp']);

function patch(found: IndexedPackage, fields: Fields): IndexedPackage {
  const { run_exports: runExports, ...others } = fields;
  const allowed = Object.entries(others).filter(([key]) => !FIXED.has(key));
  return {
    ...found,
    record: { ...found.record, ...Object.fromEntries(allowed) },
    ...(isObject(runExports) ? { runExports: runExports as RunExportsJson } : {}),
  };
}

function revoke(found: IndexedPackage): IndexedPackage {
  const depends = Array.isArray(found.record['depends']) ? (found.record['depends'] as unknown[]) : [];
  return {
    ...found,
    record: { ...found.record, revoked: true, depends: [...depends, 'package_has_been_revoked'] },
  };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
