import { lstatSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { hashFileSync } from '../io/hashed-file.ts';
import type { PathEntry } from '../model/package-info.ts';
import type { ExtractedTree } from './extract-archive.ts';
import { loadPackageInfo } from './package-info.ts';

/** How closely files are held against what their package says of them. */
export interface ContentChecks {
  /** `warn` refuses only what can't be linked or is another kind of thing; `enabled` every difference. */
  readonly safetyChecks: 'disabled' | 'warn' | 'enabled';
  /** Whether the digest of each file is compared, too. */
  readonly digests: boolean;
}

/** The checks of a caller who says nothing of them: conda's defaults. */
export const DEFAULT_CHECKS: ContentChecks = { safetyChecks: 'warn', digests: false };

/**
 * Compares an extracted package with its `info/paths.json`; one with only `info/files` says nothing that could be compared.
 * Returns what differs and yet is let through: one sentence each, a few at most.
 *
 * Sizes are compared when a package is linked, which is the moment that counts; here they decide only about refusing it.
 * @throws {TcondaError} `PACKAGE_DAMAGED`, `INVALID_PACKAGE_INFO`, `UNSAFE_ARCHIVE`
 */
export function checkContents(
  directory: string,
  tree: ExtractedTree,
  fn: string,
  checks: ContentChecks,
): readonly string[] {
  if (checks.safetyChecks === 'disabled') return [];
  const { paths } = loadPackageInfo(directory, tree.listed);
  if (paths.paths_version === 0) return [];
  const isStrict = checks.safetyChecks === 'enabled';
  const notes: string[] = [];
  const differ = (what: string, isFatal: boolean): void => {
    if (isFatal) throw new TcondaError('PACKAGE_DAMAGED', `${fn}: ${what}`, { data: { directory } });
    if (notes.length < MOST_NOTES) notes.push(`${fn}: ${what}`);
  };
  for (const entry of paths.paths) {
    const kind = differingKind(tree, entry);
    if (kind !== undefined) differ(kind, true);
    const size = isStrict ? differingSize(tree, entry) : undefined;
    if (size !== undefined) differ(size, true);
    const digest = checks.digests ? differingDigest(directory, tree, entry) : undefined;
    if (digest !== undefined) differ(digest, isStrict);
  }
  const unlisted = isStrict ? findUnlisted(tree, paths.paths) : undefined;
  if (unlisted !== undefined) differ(`holds '${unlisted}', which its info/paths.json does not list`, true);
  return notes;
}

const MOST_NOTES = 5;

/** A softlink may be a file: where the package was made or repacked there were none. Nothing else may stand for another. */
function differingKind({ nodes }: ExtractedTree, entry: PathEntry): string | undefined {
  const node = nodes.get(entry._path);
  const listed = `'${entry._path}', which its info/paths.json lists as ${NAMES[entry.path_type]}`;
  if (node === undefined) return entry.path_type === 'directory' ? undefined : `lacks ${listed}`;
  const isRight =
    entry.path_type === 'directory'
      ? node === 'directory'
      : node === 'file' || (node === 'symlink' && entry.path_type === 'softlink');
  return isRight ? undefined : `has a ${node} for ${listed}`;
}

const NAMES = { hardlink: 'a file', softlink: 'a symlink', directory: 'a directory' } as const;

function differingSize({ nodes, sizes }: ExtractedTree, entry: PathEntry): string | undefined {
  // Of a symlink the size is that of the file it points to.
  if (entry.size_in_bytes === undefined || entry.path_type !== 'hardlink') return undefined;
  const size = nodes.get(entry._path) === 'file' ? sizes.get(entry._path) : undefined;
  if (size === undefined || size === entry.size_in_bytes) return undefined;
  return `'${entry._path}' has ${size} bytes, its info/paths.json says ${entry.size_in_bytes}`;
}

function differingDigest(directory: string, { nodes }: ExtractedTree, entry: PathEntry): string | undefined {
  if (entry.sha256 === undefined || entry.path_type !== 'hardlink') return undefined;
  if (nodes.get(entry._path) !== 'file') return undefined;
  const file = path.join(directory, entry._path);
  if (!lstatSync(file).isFile() || hashFileSync(file) === entry.sha256) return undefined;
  return `'${entry._path}' has another digest than its info/paths.json says`;
}

function findUnlisted({ nodes }: ExtractedTree, paths: readonly PathEntry[]): string | undefined {
  const listed = new Set(paths.map((entry) => entry._path));
  for (const [name, node] of nodes) {
    if (node !== 'directory' && !listed.has(name) && !name.startsWith('info/')) return name;
  }
  return undefined;
}
