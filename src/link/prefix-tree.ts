import { type Dirent, existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';

/** What stands at a path. */
export type EntryKind = 'missing' | 'file' | 'symlink' | 'directory';

/** What stands in a prefix, as it was when it was first looked at. Paths are relative to the prefix, `/` separated. */
export interface PrefixTree {
  /** Whether it is known that nothing stands there. */
  readonly isEmpty: boolean;
  kindOf(path: string): EntryKind;
  /** Names in a directory; none when it is no directory. */
  namesIn(directory: string): readonly string[];
  /** What the symlink at `path` points to, as far as that lies in the prefix: relative to it. Undefined outside. */
  followLink(path: string): string | undefined;
}

/**
 * `isNew`: nothing stands there, and so nothing needs to be looked at. `foldsCase`: to the file system names that differ in case
 * alone are one, as {@link foldsCase} finds out.
 */
export function readPrefixTree(prefix: string, isNew: boolean, foldsCase = false): PrefixTree {
  const directories = new Map<string, ReadonlyMap<string, EntryKind>>();
  const entriesOf = (directory: string): ReadonlyMap<string, EntryKind> => {
    let entries = directories.get(directory);
    if (entries === undefined) {
      // What lies behind a symlink has another path, and there alone it is.
      const isThere = !isNew && (directory === '' || kindOf(directory) === 'directory');
      entries = isThere ? readEntries(path.join(prefix, directory)) : new Map<string, EntryKind>();
      directories.set(directory, entries);
    }
    return entries;
  };
  const folded = new Map<string, ReadonlyMap<string, EntryKind>>();
  const inOtherCase = (directory: string, name: string): EntryKind | undefined => {
    let entries = folded.get(directory);
    if (entries === undefined) {
      entries = new Map([...entriesOf(directory)].map(([other, kind]) => [other.toLowerCase(), kind]));
      folded.set(directory, entries);
    }
    return entries.get(name.toLowerCase());
  };
  const kindOf = (file: string): EntryKind => {
    if (file === '') return 'directory';
    const [directory, name] = [parentOf(file), nameOf(file)];
    const kind = entriesOf(directory).get(name);
    return kind ?? (foldsCase ? inOtherCase(directory, name) : undefined) ?? 'missing';
  };
  let realPrefix: string | undefined;
  return {
    isEmpty: isNew,
    kindOf,
    namesIn: (directory) => [...entriesOf(directory).keys()],
    followLink(file) {
      realPrefix ??= realpathSync(prefix);
      try {
        return innerPath(realPrefix, realpathSync(path.join(prefix, file)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        // A dangling link: what it names may be made.
        return resolveTarget(prefix, parentOf(file), readlinkSync(path.join(prefix, file)));
      }
    },
  };
}

/** Whether the file system of a prefix takes names that differ in case alone for one. */
export function foldsCase(prefix: string): boolean {
  return existsSync(path.join(prefix, 'conda-meta')) && existsSync(path.join(prefix, 'CONDA-META'));
}

/** Where a link's target lies, relative to the prefix; undefined when it lies outside. */
export function resolveTarget(prefix: string, directory: string, target: string): string | undefined {
  if (path.posix.isAbsolute(target) || path.win32.isAbsolute(target)) return innerPath(prefix, target);
  const joined = path.posix.join(directory === '' ? '.' : directory, target.replaceAll('\\', '/'));
  if (joined === '..' || joined.startsWith('../')) return undefined;
  return joined === '.' ? '' : joined.replace(/\/$/, '');
}

/** The directory of a path that `/` separates; empty at the top. */
export function parentOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

/** The last part of a path that `/` separates. */
export function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/**
 * Says where in a prefix a directory of a package really is, once the symlinks on the way are followed: those that are
 * there, and those that `linkAt` knows of. The result leads through no symlink.
 * @throws {TcondaError} `CLOBBER`: a symlink leads out of the prefix, or round in a circle
 */
export function createDirectoryResolver(
  linkAt: (path: string) => { readonly target: string | undefined } | undefined,
): (directory: string) => string {
  const resolved = new Map<string, string>();
  const resolve = (directory: string, depth: number): string => {
    if (directory === '') return '';
    const known = resolved.get(directory);
    if (known !== undefined) return known;
    if (depth > MAX_LINKS) throw leadsOut(directory);
    const parent = resolve(parentOf(directory), depth);
    const place = parent === '' ? nameOf(directory) : `${parent}/${nameOf(directory)}`;
    const link = linkAt(place);
    if (link !== undefined && link.target === undefined) throw leadsOut(place);
    const result = link?.target === undefined ? place : resolve(link.target, depth + 1);
    resolved.set(directory, result);
    return result;
  };
  return (directory) => resolve(directory, 0);
}

const MAX_LINKS = 40;

function leadsOut(place: string): TcondaError {
  return new TcondaError(
    'CLOBBER',
    `${place} is a symlink that leads out of the environment; nothing is put there`,
  );
}

function readEntries(directory: string): Map<string, EntryKind> {
  try {
    return new Map(readdirSync(directory, { withFileTypes: true }).map((entry) => [entry.name, kind(entry)]));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return new Map();
    throw error;
  }
}

function kind(entry: Dirent): EntryKind {
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'file';
}

function innerPath(prefix: string, target: string): string | undefined {
  const relative = path.relative(prefix, target).replaceAll(path.sep, '/');
  if (relative === '..' || relative.startsWith('../') || path.isAbsolute(relative)) return undefined;
  return relative;
}
