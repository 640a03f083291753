import { readFileSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { PathsJson } from '../model/package-info.ts';
import { type ArchiveLimits, ArchiveMeter, DEFAULT_LIMITS, MAX_METADATA_FILE } from './limits.ts';
import { type Component, named, openTars } from './open-tars.ts';
import { parsePathsJson } from './paths-json.ts';
import { quotePath } from './quote-path.ts';
import { sizeOf } from './size-of.ts';
import type { TarEntry } from './tar-entry.ts';
import { TarReader } from './tar-reader.ts';
import { TreeWriter } from './tree-writer.ts';

export interface ExtractArchiveOptions {
  /** What is left out is as {@link DEFAULT_LIMITS} has it. */
  readonly limits?: Partial<ArchiveLimits>;
  /** Applies the rules of Windows to paths; by default where tconda runs on it. */
  readonly windows?: boolean;
  /** Leaves directories open to the group as far as the umask does, whatever the archive says. */
  readonly shareDirectories?: boolean;
  /** Bytes of the archive, as its record says. More come out of a larger one, but not more than this allows. */
  readonly archiveSize?: number;
  /** Is told of each member, by its path as it is written. */
  readonly onMember?: (path: string, entry: TarEntry) => void;
}

/** What an archive held. */
export interface ExtractedTree {
  /** Sizes of all files, by path. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly nodes: ReadonlyMap<string, 'file' | 'symlink' | 'directory'>;
  /** Its `info/paths.json`, where that came before the files and is one. */
  readonly listed?: PathsJson;
}

/**
 * Extracts the archive `file` into `directory`, which exists, is empty and nobody else's. After an error it holds some part of the archive.
 *
 * Nothing outside is written, and nothing in the archive is believed: see `TreeWriter` for paths and links, `TarReader` for
 * what a tar may be, `ArchiveLimits` for how much. The parts of a `.conda` keep to their places: metadata comes from `info-` alone.
 *
 * @throws {TcondaError} `INVALID_ARCHIVE`, `UNSAFE_ARCHIVE`; and the system's errors
 */
export async function extractArchive(
  file: string,
  directory: string,
  options: ExtractArchiveOptions = {},
): Promise<ExtractedTree> {
  const size = Math.min(sizeOf(file), options.archiveSize ?? Infinity);
  const meter = new ArchiveMeter(size, { ...DEFAULT_LIMITS, ...options.limits });
  let part: Component = 'all';
  let isExpected = false;
  let listed: PathsJson | undefined;
  const strays = new Set<string>();
  const writer = new TreeWriter(directory, {
    windows: options.windows ?? path.sep === '\\',
    directoryBits: options.shareDirectories === true ? 0o770 : 0o700,
    check(name, entry) {
      if (!isExpected && !name.startsWith('info/') && writer.nodes.get(PATHS) === 'file') {
        isExpected = true;
        listed = findListed(path.join(directory, PATHS));
        meter.expect(listedBytes(listed));
      }
      meter.addMember(name, entry.size);
      checkPlace(part, name, entry);
      if (part === 'info' && entry.kind === 'symlink' && !isInfoPath(name)) strays.add(name);
      else strays.delete(name);
      options.onMember?.(name, entry);
    },
  });
  try {
    await openTars(file, { maxBytes: meter.maxStreamBytes, infoFirst: true }, async (component, chunks) => {
      part = component;
      const reader = new TarReader(writer);
      for await (const chunk of chunks) reader.write(chunk);
      reader.end();
    });
    writer.finish();
    for (const name of strays) throw named(misplaced(name), file);
  } finally {
    writer.close();
  }
  if (writer.nodes.get('info/index.json') !== 'file') {
    throw named(new TcondaError('INVALID_ARCHIVE', 'no info/index.json'), file);
  }
  return { sizes: writer.sizes, nodes: writer.nodes, ...(listed && { listed }) };
}

const PATHS = 'info/paths.json';

/** Undefined for one that can't be read: whether it is as it should be is asked later. */
function findListed(file: string): PathsJson | undefined {
  try {
    return parsePathsJson(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The bytes of all files together, as the package lists them; without end when it doesn't say. */
function listedBytes(listed: PathsJson | undefined): number {
  if (listed === undefined) return Infinity;
  let total = 0;
  for (const { path_type: type, size_in_bytes: size } of listed.paths) {
    if (size !== undefined) total += size;
    else if (type === 'hardlink') return Infinity;
  }
  return total;
}

/**
 * Keeps each part of a package to its place. Metadata comes from the part for metadata alone. What conda-package-handling does all
 * the same is let through: files below folders of `info/`, such as licenses, with the body; and with the metadata folders of the
 * body that hold no file, and the links in them, which then must be in the body, too.
 */
function checkPlace(component: Component, name: string, entry: TarEntry): void {
  const [top, , third] = name.split('/', 3);
  const isInfo = isInfoPath(name);
  const isMetadata = isInfo && third === undefined && entry.kind !== 'directory';
  const isBody = !isInfo && name !== '' && entry.kind !== 'directory' && entry.kind !== 'symlink';
  if ((component === 'pkg' && isMetadata) || (component === 'info' && isBody)) throw misplaced(name);
  if (top === 'conda-meta') throw unsafe(`${quotePath(name)} is the place of the environment's own records`);
  if (isMetadata && entry.size > MAX_METADATA_FILE)
    throw unsafe(`${quotePath(name)} is too large for metadata`);
  if (isMetadata && entry.kind === 'symlink') {
    throw unsafe(`${quotePath(name)} is metadata and yet a link`);
  }
  if (name === 'info' && entry.kind !== 'directory') throw unsafe(`'info' is no directory`);
}

function isInfoPath(name: string): boolean {
  return name === 'info' || name.startsWith('info/');
}

function misplaced(name: string): TcondaError {
  return unsafe(`${quotePath(name)} belongs into the other part of the package`);
}

function unsafe(message: string): TcondaError {
  return new TcondaError('UNSAFE_ARCHIVE', message);
}
