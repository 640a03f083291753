import { createHash } from 'node:crypto';
import {
  chmodSync,
  constants,
  copyFileSync,
  type Dirent,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
  lstatSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { writeFileAtomicSync } from '../io/atomic-file.ts';
import { relocateContent, relocateText } from '../link/index.ts';
import type { PrefixData, PrefixPath, PrefixRecord } from '../model/prefix-record.ts';
import { prefixRecordPath } from '../model/prefix-record.ts';
import { formatPrefixRecord } from '../record/index.ts';
import { moveBytecode } from './move-bytecode.ts';

export interface CopyEnvironmentOptions {
  /** Where the copy is made; absolute, not there yet. */
  readonly directory: string;
  /** Where it will live, so that its files name this place; absolute. */
  readonly prefix: string;
  readonly subdir: string;
  /** `shared` files have the same place on the disk, for an original that goes away; else only those that were shared before. */
  readonly files: 'own' | 'shared';
  /** Entries of the prefix that stay behind, such as `pkgs`. */
  readonly exclude: ReadonlySet<string>;
  /** Is told what could not be copied. */
  readonly warn: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** What came along that no package knows of. */
export interface CopiedEnvironment {
  /** Files of no package, relative to the prefix and sorted, without compiled python and the editor's backups. */
  readonly untracked: readonly string[];
}

/**
 * Copies an environment, offline and without its package cache, into one that works at another prefix: what names the old one
 * names the new one, and the records say so. The copy is complete when this returns.
 * @throws {TcondaError} `PREFIX_TOO_LONG`; the signal's reason
 */
export async function copyEnvironment(
  installed: PrefixData,
  options: CopyEnvironmentOptions,
): Promise<CopiedEnvironment> {
  const tracked = new Map<string, Tracked>();
  for (const record of installed.records) {
    for (const entry of record.paths_data.paths) tracked.set(entry._path, { record, entry });
  }
  const digests = new Map<PrefixRecord, Map<string, string>>();
  const untracked: string[] = [];
  const copy: Copy = { ...options, from: installed.prefix, tracked, digests, untracked };
  mkdirSync(options.directory);
  await copyDirectory('', copy);
  for (const record of installed.records) rewriteRecord(record, copy);
  return { untracked: untracked.toSorted() };
}

interface Tracked {
  readonly record: PrefixRecord;
  readonly entry: PrefixPath;
}

interface Copy extends CopyEnvironmentOptions {
  readonly from: string;
  readonly tracked: ReadonlyMap<string, Tracked>;
  /** New digests of files that were rewritten, by the path of the record's entry. */
  readonly digests: Map<PrefixRecord, Map<string, string>>;
  readonly untracked: string[];
}

const META = 'conda-meta';

/** The disk is quicker without a promise for each file; between directories others have their turn, signals among them. */
async function copyDirectory(relative: string, copy: Copy): Promise<void> {
  await setImmediate();
  copy.signal?.throwIfAborted();
  for (const entry of readdirSync(path.join(copy.from, relative), { withFileTypes: true })) {
    if (relative === '' && copy.exclude.has(entry.name)) continue;
    // Locks and journals are of the place, not of the environment.
    if (relative === META && entry.name.startsWith('.tconda')) continue;
    // What its owner may not change, another may copy and change.
    if (relative === META && entry.name === 'frozen' && copy.files === 'own') continue;
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await copyEntry(relative === '' ? entry.name : `${relative}/${entry.name}`, entry, copy);
  }
}

async function copyEntry(relative: string, entry: Dirent, copy: Copy): Promise<void> {
  const source = path.join(copy.from, relative);
  const target = path.join(copy.directory, relative);
  if (entry.isDirectory()) {
    const { mode } = lstatSync(source);
    mkdirSync(target);
    await copyDirectory(relative, copy);
    chmodSync(target, mode & 0o7777);
    return;
  }
  const known = copy.tracked.get(relative);
  if (known === undefined && !isNoise(relative)) copy.untracked.push(relative);
  if (entry.isSymbolicLink()) symlinkSync(movePath(readlinkSync(source), copy), target);
  else if (entry.isFile()) copyFile(relative, source, target, known, copy);
  else copy.warn(`${source} is no file and is left out`);
}

/** What conda does not count as a user's file. */
function isNoise(relative: string): boolean {
  return relative.startsWith(`${META}/`) || /\.py[co]$|~$|(?:^|\/)\.DS_Store$/.test(relative);
}

function movePath(target: string, { from, prefix }: Copy): string {
  if (target === from) return prefix;
  return target.startsWith(`${from}${path.sep}`) ? path.join(prefix, target.slice(from.length)) : target;
}

function copyFile(
  relative: string,
  source: string,
  target: string,
  known: Tracked | undefined,
  copy: Copy,
): void {
  const stats = lstatSync(source);
  if (known === undefined ? mayNamePrefix(relative, stats) : namesPrefix(known.entry)) {
    const content = readFileSync(source);
    const moved =
      known === undefined ? moveUntracked(relative, content, copy) : moveTracked(content, known, copy);
    // Python compiles it again from the source beside it.
    if (moved === undefined) return;
    if (moved !== content) {
      writeFileSync(target, moved, { flag: 'wx', mode: stats.mode & 0o7777 });
      chmodSync(target, stats.mode & 0o7777);
      if (known !== undefined) noteDigest(known, moved, copy);
      return;
    }
  }
  const isShared = copy.files === 'shared' || (known !== undefined && stats.nlink > 1);
  if (isShared && tryLink(source, target)) return;
  copyFileSync(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  utimesSync(target, stats.atime, stats.mtime);
}

function namesPrefix(entry: PrefixPath): boolean {
  return entry.prefix_placeholder !== undefined || entry.path_type.endsWith('entry_point');
}

/** Larger than any text that names a path. */
const MAX_TEXT = 32 * 1024 * 1024;

function mayNamePrefix(relative: string, { size }: Stats): boolean {
  // The history tells what happened, with the names of then; the records are written anew.
  const isKept =
    relative === `${META}/history` || (relative.startsWith(`${META}/`) && relative.endsWith('.json'));
  return !isKept && size <= MAX_TEXT;
}

/** @returns undefined for a compiled file that is better left out */
function moveUntracked(relative: string, content: Buffer, copy: Copy): Buffer | undefined {
  if (!content.includes(copy.from)) return content;
  if (relative.endsWith('.pyc')) {
    const moved = moveBytecode(content, copy.from, copy.prefix);
    return moved ?? (relative.includes('__pycache__/') ? undefined : content);
  }
  if (content.includes(0)) return moveFirstLine(content, copy);
  return relocateText(content, { from: copy.from, to: copy.prefix, subdir: copy.subdir });
}

/** An archive behind `#!` and an interpreter is found from its end, so the line may be of any length. */
function moveFirstLine(content: Buffer, copy: Copy): Buffer {
  const end = content.indexOf('\n') + 1;
  const line = content.subarray(0, end);
  if (!line.includes(`#!${copy.from}/`) || line.includes(0)) return content;
  const moved = relocateText(line, { from: copy.from, to: copy.prefix, subdir: copy.subdir });
  return Buffer.concat([moved, content.subarray(end)]);
}

function moveTracked(content: Buffer, { entry, record }: Tracked, copy: Copy): Buffer {
  return relocateContent(content, entry, {
    from: copy.from,
    to: copy.prefix,
    subdir: record.subdir === 'noarch' ? copy.subdir : record.subdir,
    findShipped: () => readShipped(record, entry),
  });
}

function readShipped(record: PrefixRecord, entry: PrefixPath): Buffer | undefined {
  if (record.extracted_package_dir === undefined) return undefined;
  const { extracted_package_dir: directory } = record;
  const name = entry.original_path ?? entry._path;
  const ofPython = [
    name.slice(name.indexOf('site-packages/')),
    name.replace(/^(?:bin|Scripts)\//, 'python-scripts/'),
  ];
  for (const candidate of record.noarch === 'python' ? ofPython : [name]) {
    try {
      return readFileSync(path.join(directory, candidate));
    } catch {
      // The cache was cleaned, or has it elsewhere.
    }
  }
  return undefined;
}

function noteDigest({ record, entry }: Tracked, content: Buffer, { digests }: Copy): void {
  const digest = createHash('sha256').update(content).digest('hex');
  const ofRecord = digests.get(record) ?? new Map<string, string>();
  ofRecord.set(entry._path, digest);
  digests.set(record, ofRecord);
}

function tryLink(source: string, target: string): boolean {
  try {
    linkSync(source, target);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['EXDEV', 'EMLINK', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)) return false;
    throw error;
  }
}

function rewriteRecord(record: PrefixRecord, { digests, directory }: Copy): void {
  const changed = digests.get(record);
  if (changed === undefined) return;
  const paths = record.paths_data.paths.map((entry) => {
    const digest = changed.get(entry._path);
    return digest === undefined || entry.sha256_in_prefix === undefined
      ? entry
      : { ...entry, sha256_in_prefix: digest };
  });
  const text = formatPrefixRecord({ ...record, paths_data: { ...record.paths_data, paths } });
  // The copy beside it may be the original's own file.
  const file = path.join(directory, prefixRecordPath(record));
  writeFileAtomicSync(file, text);
}
