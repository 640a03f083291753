import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { type ArchiveFormat, createArchive, type PackedMember, parseIndexJson } from '../archive/index.ts';
import { TcondaError } from '../errors.ts';
import type { IndexJson, PathEntry, PathsJson, RunExportsJson } from '../model/package-info.ts';
import { parsePackageName } from '../model/package-name.ts';
import { formatDistName } from '../model/package-record.ts';
import { type FileDigests, hashFile } from './hash-file.ts';
import { scanTree } from './scan-tree.ts';
import { formatStableJson } from './stable-json.ts';

/** What a package says of itself; lists that are left out are empty. */
export type PackageMetadata = Omit<IndexJson, 'name' | 'build_number' | 'depends' | 'constrains'> & {
  readonly name: string;
  readonly build_number?: number;
  readonly depends?: readonly string[];
  readonly constrains?: readonly string[];
};

export interface CreatePackageOptions {
  /** The directory whose content shall lie in the prefix. */
  readonly tree: string;
  /** Only these files of it, relative and `/` separated; everything unless told. */
  readonly only?: readonly string[];
  readonly index: PackageMetadata;
  /** Where the archive is written, under `name-version-build` and its extension; made when missing. */
  readonly outputDirectory: string;
  /** Default `.conda`. */
  readonly format?: ArchiveFormat;
  /** Of zstd, 1 to 22; default 19. Has no effect on a `.tar.bz2`. */
  readonly level?: number;
  /** `command = module:function`, for `noarch: 'python'`. */
  readonly entryPoints?: readonly string[];
  /** The text in files that stands for the prefix. Long ones leave room in binaries: 255 characters are usual. */
  readonly placeholder?: string;
  /** Paths that must be copied into an environment, never linked. */
  readonly noLink?: readonly string[];
  /** `info/about.json`. */
  readonly about?: Readonly<Record<string, unknown>>;
  /** `info/run_exports.json`. */
  readonly runExports?: RunExportsJson;
  /** More files for `info/`, by path below it: `licenses/LICENSE.txt`. */
  readonly info?: Readonly<Record<string, string | Uint8Array>>;
  /** Seconds since 1970, for all members; by default the package's timestamp, or else 2023-01-01. */
  readonly mtime?: number;
}

/** A package that was written. */
export interface CreatedPackage extends FileDigests {
  readonly file: string;
  readonly index: IndexJson;
  readonly paths: PathsJson;
}

/**
 * Packs a directory into a conda package with all its metadata (CEP 34, CEP 35). The same input gives the same bytes.
 * @throws {TcondaError} `INVALID_PACKAGE_NAME`, `INVALID_PACKAGE_INFO` when a name or version breaks CEP 26, or the tree holds what a package can't
 */
export async function createPackage(options: CreatePackageOptions): Promise<CreatedPackage> {
  const index = completeIndex(options.index);
  const stem = formatDistName(index);
  const format = options.format ?? '.conda';
  const { members, paths } = scanTree(options.tree, {
    ...(options.placeholder === undefined ? {} : { placeholder: options.placeholder }),
    ...(options.noLink === undefined ? {} : { noLink: options.noLink }),
    ...(options.only === undefined ? {} : { only: options.only }),
  });
  const info = infoFiles(index, paths, options).map(([name, content]): PackedMember => ({
    kind: 'file',
    path: `info/${name}`,
    mode: 0o644,
    content: typeof content === 'string' ? Buffer.from(content) : content,
  }));
  const file = path.join(options.outputDirectory, `${stem}${format}`);
  mkdirSync(options.outputDirectory, { recursive: true });
  await createArchive(file, [...members, ...info], {
    format,
    stem,
    mtime:
      options.mtime ?? (index.timestamp === undefined ? DEFAULT_MTIME : Math.floor(index.timestamp / 1000)),
    ...(options.level === undefined ? {} : { level: options.level }),
  });
  return { file, index, paths: { paths_version: 1, paths }, ...hashFile(file) };
}

/** 2023-01-01. */
export const DEFAULT_MTIME = 1_672_531_200;

/** CEP 26, strictly: what is written here others must be able to read. */
const NAME = /^(([a-z0-9])|([a-z0-9_](?!_)))[._-]?([a-z0-9]+(\.|-|_|$))*$/;
const VERSION = /^[a-z0-9_.+!]+$/i;
const BUILD = /^[a-zA-Z0-9_.+]+$/;

function completeIndex(metadata: PackageMetadata): IndexJson {
  const index: IndexJson = {
    ...metadata,
    name: parsePackageName(metadata.name),
    build_number: metadata.build_number ?? 0,
    depends: metadata.depends ?? [],
    constrains: metadata.constrains ?? [],
  };
  const isValid =
    index.name.length <= 64 &&
    NAME.test(index.name) &&
    index.version.length <= 64 &&
    VERSION.test(index.version) &&
    index.build.length <= 64 &&
    BUILD.test(index.build) &&
    /^[a-z0-9]+(-[a-z0-9_]+)?$/.test(index.subdir);
  if (isValid) return index;
  const text = `${index.subdir}/${formatDistName(index)}`;
  throw new TcondaError('INVALID_PACKAGE_INFO', `'${text}' can't be the name of a package`);
}

function infoFiles(
  index: IndexJson,
  paths: readonly PathEntry[],
  options: CreatePackageOptions,
): [string, string | Uint8Array][] {
  const files = new Map<string, string | Uint8Array>(Object.entries(options.info ?? {}));
  const text = formatIndex(index);
  // What came from outside may have other types than it says.
  parseIndexJson(text);
  files.set('index.json', text);
  files.set('paths.json', formatStableJson({ paths, paths_version: 1 }, 2));
  files.set('files', paths.map(({ _path }) => `${_path}\n`).join(''));
  files.set('about.json', formatStableJson(options.about ?? {}, 2));
  const prefixes = paths.filter(({ prefix_placeholder: text }) => text !== undefined);
  if (prefixes.length > 0) files.set('has_prefix', prefixes.map(formatHasPrefix).join(''));
  if (options.noLink !== undefined) files.set('no_link', options.noLink.map((line) => `${line}\n`).join(''));
  if (options.runExports !== undefined)
    files.set('run_exports.json', formatStableJson(options.runExports, 2));
  if (index.noarch !== undefined) {
    const noarch = {
      type: index.noarch,
      ...(index.noarch === 'python' ? { entry_points: options.entryPoints ?? [] } : {}),
    };
    files.set('link.json', formatStableJson({ noarch, package_metadata_version: 1 }, 2));
  }
  return [...files];
}

/** `track_features` stands in a package as one text. */
function formatIndex(index: IndexJson): string {
  const { track_features: features, constrains, ...rest } = index;
  return formatStableJson(
    {
      ...rest,
      ...(constrains.length === 0 ? {} : { constrains }),
      ...(features === undefined ? {} : { track_features: features.join(' ') }),
    },
    2,
  );
}

/** For clients that know no `paths.json`. */
function formatHasPrefix(entry: PathEntry): string {
  const { prefix_placeholder: placeholder = '', file_mode: mode = 'text' } = entry;
  return `"${placeholder}" ${mode} "${entry._path}"\n`;
}
