import { createHash } from 'node:crypto';
import { accessSync, constants, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { hashFile } from '../io/hashed-file.ts';
import { stripUrl } from '../io/url-secrets.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { splitArchiveName } from './archive-name.ts';
import { type KnownPackage, matchesRecord } from './matches-record.ts';

/** Where a package is, or is to be, in a cache: `archive` beside `directory`. */
export interface CacheSlot {
  readonly archive: string;
  readonly directory: string;
}

/** What was found in the caches for a record. */
export type CacheHit =
  | { readonly kind: 'extracted'; readonly slot: CacheSlot; readonly archive: string | undefined }
  /** Verified just now. */
  | { readonly kind: 'archive'; readonly slot: CacheSlot };

/**
 * The places of a package in a cache, preferred first: conda's, and one of its own for when another channel's package of the same
 * file name has that.
 */
export function cacheSlots(pkgsDir: string, record: RepoDataRecord): readonly [CacheSlot, CacheSlot] {
  return [slotIn(pkgsDir, record), otherSlot(pkgsDir, record)];
}

function slotIn(directory: string, record: RepoDataRecord): CacheSlot {
  const stem = splitArchiveName(record.fn)?.stem ?? record.fn;
  return { archive: path.join(directory, record.fn), directory: path.join(directory, stem) };
}

function otherSlot(pkgsDir: string, record: RepoDataRecord): CacheSlot {
  const place = createHash('sha256').update(stripUrl(record.url)).digest('hex').slice(0, 12);
  return slotIn(path.join(pkgsDir, OTHER_CHANNELS, place), record);
}

/** Where packages lie whose place another channel's package has taken. conda looks only for `info/` one level up. */
export const OTHER_CHANNELS = '.other-channels';

/**
 * All places where a package may lie: ours, and the one of mamba since 2.6, which is read and never written. One by one, since
 * nearly every package lies in the first.
 */
function* knownSlots(pkgsDir: string, record: RepoDataRecord): Generator<CacheSlot, void> {
  yield slotIn(pkgsDir, record);
  yield otherSlot(pkgsDir, record);
  const mamba = mambaFolder(record.url);
  if (mamba !== undefined) yield slotIn(path.join(pkgsDir, mamba), record);
}

/** `https/host/channel/subdir`. */
function mambaFolder(url: string): string | undefined {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.+)\/[^/]+$/i.exec(stripUrl(url)) ?? [];
  if (scheme === undefined || rest === undefined || scheme === 'file') return undefined;
  const parts = [scheme, ...rest.replaceAll(/[:\\]/g, '_').split('/')];
  return parts.every((part) => part !== '' && part !== '.' && part !== '..')
    ? path.join(...parts)
    : undefined;
}

/** A package that lies open and complete in one of the caches and is what is wanted. */
export function findExtracted(
  pkgsDirs: readonly string[],
  record: RepoDataRecord,
): Extract<CacheHit, { kind: 'extracted' }> | undefined {
  for (const pkgsDir of pkgsDirs) {
    for (const slot of knownSlots(pkgsDir, record)) {
      const known = loadExtracted(slot.directory);
      if (known === undefined || !matchesRecord(known, record)) continue;
      const archive = isFile(slot.archive) ? slot.archive : undefined;
      return { kind: 'extracted', slot, archive };
    }
  }
  return undefined;
}

/** An archive in one of the caches that is what is wanted. Its bytes are read to be sure of that. */
export async function findArchive(
  pkgsDirs: readonly string[],
  record: RepoDataRecord,
): Promise<Extract<CacheHit, { kind: 'archive' }> | undefined> {
  for (const pkgsDir of pkgsDirs) {
    for (const slot of knownSlots(pkgsDir, record)) {
      if (!isFile(slot.archive)) continue;
      if (record.size !== undefined && lstatSync(slot.archive).size !== record.size) continue;
      // Without a digest only the list of what was downloaded says where it is from.
      const hasDigest = record.sha256 !== undefined || record.md5 !== undefined;
      const url = hasDigest ? undefined : await findUrl(pkgsDir, record);
      if (!hasDigest && url === undefined) continue;
      const { size, sha256, md5 } = await hashFile(slot.archive, { md5: record.sha256 === undefined });
      const known: KnownPackage = { size, sha256, ...(md5 && { md5 }), url: record.url };
      if (matchesRecord(known, record)) return { kind: 'archive', slot };
    }
  }
  return undefined;
}

/** The place for what is about to come: conda's, unless another channel's package lies open there. */
export function freeSlot(pkgsDir: string, record: RepoDataRecord): CacheSlot {
  const [own, other] = cacheSlots(pkgsDir, record);
  const known = loadExtracted(own.directory);
  return known === undefined || matchesRecord(known, record) ? own : other;
}

/**
 * The first cache that can be written, made if need be. A cache is a directory with `urls.txt` in it.
 * @throws {TcondaError} `NO_WRITABLE_PKGS_DIR`
 */
export async function findWritableCache(pkgsDirs: readonly string[]): Promise<string> {
  let cause: unknown;
  for (const pkgsDir of pkgsDirs) {
    try {
      await prepareCache(pkgsDir);
      return pkgsDir;
    } catch (error) {
      cause = error;
    }
  }
  throw new TcondaError(
    'NO_WRITABLE_PKGS_DIR',
    `No package cache can be written to: ${pkgsDirs.join(', ')}`,
    {
      cause,
      data: { pkgs_dirs: pkgsDirs },
    },
  );
}

/** Whether the cache can be written as it is; nothing is made. */
export function isWritableCache(pkgsDir: string): boolean {
  try {
    accessSync(path.join(pkgsDir, 'urls.txt'), constants.W_OK);
    accessSync(pkgsDir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Notes where an archive came from, as conda does. */
export async function recordUrl(pkgsDir: string, url: string): Promise<void> {
  await appendFile(path.join(pkgsDir, 'urls.txt'), `${stripUrl(url)}\n`);
}

/** Keeps a cache out of backups: what is in it can be downloaded again. Files that environments have links to are backed up there. */
const CACHEDIR_TAG =
  'Signature: 8a477f597d28d172789f06886806bc55\n# Packages that can be downloaded again.\n';

async function prepareCache(pkgsDir: string): Promise<void> {
  const urls = path.join(pkgsDir, 'urls.txt');
  try {
    accessSync(urls, constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(pkgsDir, { recursive: true });
    await appendFile(urls, '');
    // Old condas look for this one.
    await writeFile(path.join(pkgsDir, 'urls'), '', { flag: 'a' });
    await writeFile(path.join(pkgsDir, 'CACHEDIR.TAG'), CACHEDIR_TAG, { flag: 'a' });
  }
  accessSync(pkgsDir, constants.W_OK);
}

/** `info/repodata_record.json` is written last, so a directory that has it is complete. A symlink is nobody's package. */
function loadExtracted(directory: string): KnownPackage | undefined {
  try {
    if (!lstatSync(directory).isDirectory()) return undefined;
    const value = JSON.parse(
      readFileSync(path.join(directory, 'info', 'repodata_record.json'), 'utf8'),
    ) as KnownPackage | null;
    if (typeof value !== 'object' || value === null) return undefined;
    accessSync(path.join(directory, 'info', 'index.json'));
    return value;
  } catch {
    return undefined;
  }
}

async function findUrl(pkgsDir: string, record: RepoDataRecord): Promise<string | undefined> {
  const text = await readFile(path.join(pkgsDir, 'urls.txt'), 'utf8').catch(() => '');
  const suffix = `/${record.fn}`;
  const last = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .findLast((line) => line.endsWith(suffix) || `${line}.tar.bz2`.endsWith(suffix));
  return last !== undefined && matchesRecord({ url: last }, { ...record, size: undefined } as never)
    ? last
    : undefined;
}

function isFile(file: string): boolean {
  try {
    return lstatSync(file).isFile();
  } catch {
    return false;
  }
}
