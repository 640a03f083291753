import { TcondaError } from '../errors.ts';
import type { PackageName } from '../model/package-name.ts';
import type { NoArchType } from '../model/package-record.ts';
import type { PrefixPath, PrefixRecord } from '../model/prefix-record.ts';
import { type Lists, withLists } from './lazy-lists.ts';
import { BEFORE_LISTS, findLists, hasListsLast } from './record-layout.ts';

export interface ParsePrefixRecordOptions {
  /** What people call the channel at this base URL. */
  readonly channelName: (baseUrl: string) => string;
}

/**
 * Reads one file of `conda-meta/`, of any conda client. `files` and `paths_data`, most of the text, are parsed when they are
 * first looked at.
 * @throws {TcondaError} `PREFIX_CORRUPT`: no JSON object with a name, version and build
 */
export function parsePrefixRecord(
  bytes: Buffer,
  file: string,
  options: ParsePrefixRecordOptions,
): PrefixRecord {
  const span = findLists(bytes);
  if (span === undefined) {
    const json = parseObject(bytes.toString('utf8'), file);
    return readRecord(json, file, options, () => readPaths(json));
  }
  const { start, end } = span;
  const rest = bytes.toString('utf8', 0, start) + bytes.toString('utf8', end);
  return readRecord(parseObject(rest, file), file, options, () =>
    readPaths(parseObject(`{${bytes.toString('utf8', start + 1, end)}}`, file)),
  );
}

/**
 * The same of a record whose file is in the order that conda, rattler and tconda write, without its middle: `files` and `paths_data`.
 * @param lists gives the middle as an object, when it is wanted
 * @returns undefined for another order
 * @throws {TcondaError} `PREFIX_CORRUPT`
 */
export function parseRecordEnds(
  ends: string,
  file: string,
  options: ParsePrefixRecordOptions,
  lists: () => string,
): PrefixRecord | undefined {
  const json = parseObject(ends, file);
  if (!hasListsLast(json)) return undefined;
  return readRecord(json, file, options, () => readPaths(parseObject(lists(), file)));
}

type Json = Readonly<Record<string, unknown>>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

function parseObject(text: string, file: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  } catch (error) {
    throw corrupt(file, error instanceof Error ? error.message : 'it is no JSON', error);
  }
  throw corrupt(file, 'it is no JSON object');
}

function corrupt(file: string, reason: string, cause?: unknown): TcondaError {
  return new TcondaError('PREFIX_CORRUPT', `${file} can't be read: ${reason}`, {
    ...(cause !== undefined && { cause }),
    data: { file },
  });
}

/** @param load reads the lists, at the first look at one of them */
function readRecord(
  json: Json,
  file: string,
  options: ParsePrefixRecordOptions,
  load: () => Lists,
): PrefixRecord {
  const { name, version, build, link } = json;
  if (typeof name !== 'string' || typeof version !== 'string' || typeof build !== 'string') {
    throw corrupt(file, 'name, version or build is missing');
  }
  const subdir = text(json['subdir']) ?? subdirOfUrl(text(json['url']) ?? text(json['channel']) ?? '');
  const channel = channelOf(json, subdir);
  const fn = text(json['fn']) ?? `${name}-${version}-${build}.tar.bz2`;
  const record: Writable<Omit<PrefixRecord, keyof Lists>> = {
    name: name.toLowerCase() as PackageName,
    version,
    build,
    build_number: number(json['build_number']) ?? 0,
    channel,
    schannel: options.channelName(channel),
    subdir,
    fn,
    url: text(json['url']) ?? (channel === '' ? fn : `${channel}/${subdir}/${fn}`),
    depends: list(json['depends']),
    constrains: list(json['constrains']),
    requested_specs: requestedSpecs(json),
  };
  const noarch = readNoarch(json['noarch']);
  if (noarch !== undefined) record.noarch = noarch;
  const features = trackFeatures(json['track_features']);
  if (features.length > 0) record.track_features = features;
  if (isObject(link) && typeof link['source'] === 'string') {
    record.link = { source: link['source'], type: number(link['type']) ?? 1 };
  }
  const unknown: [string, unknown][] = [];
  for (const key in json) {
    const type = TYPES.get(key);
    // Read above.
    if (type === 'read') continue;
    if (type === undefined) unknown.push([key, json[key]]);
    else if (type === typeof json[key]) (record as unknown as Record<string, unknown>)[key] = json[key];
  }
  if (unknown.length > 0) record.unknown = Object.fromEntries(unknown);
  return withLists(record, load);
}

function requestedSpecs(json: Json): readonly string[] {
  const specs = list(json['requested_specs']);
  const legacy = text(json['requested_spec']);
  return specs.length > 0 || legacy === undefined ? specs : [legacy];
}

function trackFeatures(value: unknown): readonly string[] {
  if (value === undefined) return NONE;
  const features = typeof value === 'string' ? value.split(/[\s,]+/) : list(value);
  return features.filter((feature) => feature !== '');
}

const TEXTS = [
  'md5',
  'sha256',
  'license',
  'license_family',
  'arch',
  'platform',
  'features',
  'python_site_packages_path',
  'package_type',
  'package_tarball_full_path',
  'extracted_package_dir',
] as const;
const NUMBERS = ['timestamp', 'indexed_timestamp', 'size'] as const;
const OTHERS = [
  ...BEFORE_LISTS,
  'constrains',
  'noarch',
  'track_features',
  'requested_spec',
  'requested_specs',
  '_requested_specs',
  'files',
  'paths_data',
  'link',
];
/** Of the keys with a meaning, the type of those that are taken as they are. */
const TYPES: ReadonlyMap<string, 'string' | 'number' | 'read'> = new Map([
  ...TEXTS.map((key) => [key, 'string'] as const),
  ...NUMBERS.map((key) => [key, 'number'] as const),
  ...OTHERS.map((key) => [key, 'read'] as const),
]);

/** conda writes the URL of the subdir, CEP 32 that of the channel; very old files the channel's name alone. */
function channelOf(json: Json, subdir: string): string {
  const written = text(json['channel']) ?? '';
  const told = written.endsWith('/') ? written.replace(/\/+$/, '') : written;
  const url = text(json['url']) ?? '';
  const fromUrl = url.endsWith(`/${text(json['fn']) ?? ''}`) ? url.slice(0, url.lastIndexOf('/')) : '';
  const base = told.includes('://') || fromUrl === '' ? told : fromUrl;
  return base.endsWith(`/${subdir}`) ? base.slice(0, -subdir.length - 1) : base;
}

function subdirOfUrl(url: string): string {
  const found = /\/((?:linux|osx|win|emscripten|wasi|freebsd|zos)-[a-z0-9]+|noarch)(?:\/|$)/.exec(url);
  return found?.[1] ?? 'noarch';
}

function readNoarch(value: unknown): NoArchType | undefined {
  if (value === 'python' || value === 'generic') return value;
  return value === true ? 'generic' : undefined;
}

function readPaths(json: Json): Lists {
  const data = isObject(json['paths_data']) ? json['paths_data'] : {};
  const entries = (Array.isArray(data['paths']) ? data['paths'] : []).filter(isPath);
  const files = Array.isArray(json['files']) ? list(json['files']) : entries.map((entry) => entry._path);
  const paths = files.length === entries.length ? placePaths(entries, files) : entries;
  return { files, paths_data: { paths_version: number(data['paths_version']) ?? 1, paths } };
}

/** conda leaves in `paths` where python code lies in its package; `files`, in the same order, has where it lies in the prefix. */
function placePaths(entries: readonly PrefixPath[], files: readonly string[]): PrefixPath[] {
  return entries.map((entry, index) => {
    const file = files[index];
    if (file === undefined || file === entry._path || !MOVED.test(entry._path)) return entry;
    return { ...entry, _path: file };
  });
}

const MOVED = /^(?:site-packages|python-scripts)\//;

function isPath(value: unknown): value is PrefixPath {
  return isObject(value) && typeof value['_path'] === 'string';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function list(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) return NONE;
  return value.filter((item): item is string => typeof item === 'string');
}

const NONE: readonly string[] = [];
