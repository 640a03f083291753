import { lstatSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { IndexJson, LinkJson, PackageInfo, PathsJson, RunExportsJson } from '../model/package-info.ts';
import { parseIndexJson } from './index-json.ts';
import { readInfoFiles } from './info-files.ts';
import { invalidInfo, JsonFields, parseJson } from './json-fields.ts';
import { parseLinkJson } from './link-json.ts';
import { named } from './open-tars.ts';
import { parseLegacyPaths, parsePathsJson } from './paths-json.ts';
import { parseRunExportsJson } from './run-exports-json.ts';

/** Everything that an archive says of itself. */
export interface ArchiveInfo extends PackageInfo {
  readonly index: IndexJson;
  readonly about: Readonly<Record<string, unknown>>;
  readonly runExports: RunExportsJson;
}

/** The files that {@link ArchiveInfo} is read from. */
const FILES = ['index', 'paths', 'link', 'about', 'run_exports', 'package_metadata'].map(
  (name) => `info/${name}.json`,
);
const LEGACY = ['info/files', 'info/has_prefix', 'info/no_link', 'info/no_softlink'];

/**
 * Reads what an archive, a `.conda` or a `.tar.bz2`, says of itself, without extracting it.
 * @throws {TcondaError} `INVALID_ARCHIVE`, `UNSAFE_ARCHIVE`, `INVALID_PACKAGE_INFO`
 */
export async function readPackageInfo(file: string): Promise<ArchiveInfo> {
  const files = await readInfoFiles(file, [...FILES, ...LEGACY]);
  try {
    return parsePackageInfo(files);
  } catch (error) {
    throw named(error, file);
  }
}

/**
 * Parses the files below `info/` of one package. Without `paths.json` whether a path is a symlink isn't known: it counts as a file.
 * @throws {TcondaError} `UNSAFE_ARCHIVE`, `INVALID_PACKAGE_INFO`
 */
export function parsePackageInfo(files: ReadonlyMap<string, Buffer>): ArchiveInfo {
  const text = (name: string) => files.get(`info/${name}`)?.toString('utf8');
  const index = text('index.json');
  if (index === undefined) throw invalidInfo('info/index.json', 'is missing');
  const about = text('about.json');
  const runExports = text('run_exports.json');
  return {
    index: parseIndexJson(index),
    paths: parsePaths(text, () => false),
    link: parseLink(text),
    about: about === undefined ? {} : parseAbout(about),
    runExports: runExports === undefined ? {} : parseRunExportsJson(runExports),
  };
}

/**
 * Reads from the extracted package in `directory` what linking must know; `listed` is its `info/paths.json`, when that is known already.
 * @throws {TcondaError} `UNSAFE_ARCHIVE`, `INVALID_PACKAGE_INFO`
 */
export function loadPackageInfo(directory: string, listed?: PathsJson): PackageInfo {
  const text = (name: string) => readIfThere(path.join(directory, 'info', name));
  const isSymlink = (file: string) =>
    lstatSync(path.join(directory, file), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return { paths: listed ?? parsePaths(text, isSymlink), link: parseLink(text) };
}

/** Reads `info/index.json` of the extracted package in `directory`. @throws {TcondaError} `INVALID_PACKAGE_INFO` */
export function loadIndexJson(directory: string): IndexJson {
  const text = readIfThere(path.join(directory, 'info', 'index.json'));
  if (text === undefined) throw invalidInfo('info/index.json', 'is missing');
  return parseIndexJson(text);
}

type ReadText = (name: string) => string | undefined;

function parsePaths(text: ReadText, isSymlink: (path: string) => boolean): PathsJson {
  const paths = text('paths.json');
  if (paths !== undefined) return parsePathsJson(paths);
  const files = text('files');
  if (files === undefined) return { paths_version: 0, paths: [] };
  const hasPrefix = text('has_prefix');
  const noLink = text('no_link');
  const noSoftlink = text('no_softlink');
  return parseLegacyPaths({
    files,
    isSymlink,
    ...(hasPrefix === undefined ? {} : { has_prefix: hasPrefix }),
    ...(noLink === undefined ? {} : { no_link: noLink }),
    ...(noSoftlink === undefined ? {} : { no_softlink: noSoftlink }),
  });
}

function parseLink(text: ReadText): LinkJson {
  const link = text('link.json');
  if (link !== undefined) return parseLinkJson(link);
  const old = text('package_metadata.json');
  return old === undefined ? {} : parseLinkJson(old, 'info/package_metadata.json');
}

function parseAbout(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text, 'info/about.json');
  new JsonFields(value, 'info/about.json');
  return value as Readonly<Record<string, unknown>>;
}

function readIfThere(file: string): string | undefined {
  try {
    // An error that is thrown takes ten times as long as a look, and most packages lack one of these files.
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new TcondaError('INVALID_PACKAGE_INFO', `${file} can't be read`, { cause: error });
  }
}
