import { statSync } from 'node:fs';
import path from 'node:path';

import { LINK_TYPES, type PrefixPath, type PrefixRecord } from '../model/prefix-record.ts';
import type { LinkMethod } from './link-method.ts';
import type { PlannedFile, PlannedPackage } from './planned-package.ts';

export interface BuildRecordOptions {
  /** Where the files are now; absolute. */
  readonly place: string;
  readonly method: LinkMethod;
  /** Of each file whose content differs from the one shipped: its digest in the prefix. */
  readonly digests: ReadonlyMap<PlannedFile, string>;
  /** Compiled files that were planned for, as far as the package's sources have their places; relative to the prefix. */
  readonly compiled: readonly string[];
  readonly requestedSpecs: readonly string[];
}

/** The record of a package as it is linked now. */
export function buildRecord(planned: PlannedPackage, options: BuildRecordOptions): PrefixRecord {
  const { record, files, directories } = planned;
  const { archive, directory } = planned.package;
  const shipped = files.filter((file) => file.entryPoint === undefined);
  const generated = files.filter((file) => file.entryPoint !== undefined);
  const paths = [
    ...directories.map((file): PrefixPath => ({ _path: file.path, path_type: 'directory' })),
    ...shipped.map((file) => describeFile(file, options.digests)),
    ...options.compiled.map((place): PrefixPath => ({
      _path: place,
      path_type: 'pyc_file',
      ...sizeOf(options.place, place),
    })),
    ...generated.map((file): PrefixPath => ({
      ...describeFile(file, options.digests),
      ...sizeOf(options.place, file.place),
    })),
  ];
  return {
    ...record,
    ...(archive !== undefined && { package_tarball_full_path: archive }),
    extracted_package_dir: directory,
    files: paths.slice(directories.length).map((entry) => entry._path),
    paths_data: { paths_version: 1, paths },
    link: { source: directory, type: LINK_TYPES[options.method === 'reflink' ? 'copy' : options.method] },
    requested_specs: options.requestedSpecs,
  };
}

function describeFile(file: PlannedFile, digests: ReadonlyMap<PlannedFile, string>): PrefixPath {
  const { entry, pathType } = file;
  const digest = pathType === 'softlink' ? undefined : (digests.get(file) ?? entry?.sha256);
  const { sha256, size_in_bytes: size } = entry ?? {};
  const _path = file.isDisplaced ? file.place : file.path;
  // Not put together from parts, and whole at once where it has what most have: there are tens of thousands of them.
  const described: Writable<PrefixPath> =
    sha256 === undefined || size === undefined || digest === undefined
      ? { _path, path_type: pathType }
      : { _path, path_type: pathType, sha256, size_in_bytes: size, sha256_in_prefix: digest };
  if (file.isDisplaced) described.original_path = file.path;
  if (entry === undefined) return described;
  if (entry.prefix_placeholder !== undefined) described.prefix_placeholder = entry.prefix_placeholder;
  if (entry.file_mode !== undefined) described.file_mode = entry.file_mode;
  if (entry.no_link === true) described.no_link = true;
  if (sha256 !== undefined) described.sha256 = sha256;
  if (size !== undefined) described.size_in_bytes = size;
  if (digest !== undefined) described.sha256_in_prefix = digest;
  return described;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function sizeOf(directory: string, file: string): Pick<PrefixPath, 'size_in_bytes'> {
  const size = statSync(path.join(directory, file), { throwIfNoEntry: false })?.size;
  return size === undefined ? {} : { size_in_bytes: size };
}
