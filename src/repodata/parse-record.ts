import { parsePackageName } from '../model/package-name.ts';
import type { Md5, NoArchType, RepoDataRecord, Sha256 } from '../model/package-record.ts';

/** Where a record was found: what it does not say itself. */
export interface RecordPlace {
  readonly channel: string;
  readonly schannel: string;
  readonly subdir: string;
  /** Where the archives are, with final slash. */
  readonly baseUrl: string;
}

/** A record as JSON or msgpack gave it. */
export type RawRecord = Readonly<Record<string, unknown>>;

/**
 * The record of one archive, normalized: lists are lists, digests lower-case hex, times milliseconds. What the channel says is the
 * truth about its `subdir`. Undefined when the record can't be used: a newer format, no name or version, a name or digest that
 * is none. Lenient where conda is: a missing list is empty, a number may be a text.
 */
export function parseRecord(fn: string, raw: RawRecord, place: RecordPlace): RepoDataRecord | undefined {
  const version = text(raw['version']);
  const build = text(raw['build']) ?? (raw['build'] === undefined || raw['build'] === null ? '' : undefined);
  const build_number = integer(raw['build_number'] ?? 0);
  if (version === undefined || build === undefined || build_number === undefined) return undefined;
  if (!FILE_NAME.test(fn) || UNSAFE.test(version) || UNSAFE.test(build) || version === '') return undefined;
  if ((integer(raw['record_version'] ?? 1) ?? 2) > 1) return undefined;
  let name;
  try {
    name = parsePackageName(text(raw['name']) ?? '');
  } catch {
    return undefined;
  }
  const depends = list(raw['depends']);
  const constrains = list(raw['constrains']);
  const md5 = digest(raw['md5'], 32);
  const sha256 = digest(raw['sha256'], 64);
  if (depends === undefined || constrains === undefined || md5 === false || sha256 === false)
    return undefined;
  const record: Mutable<RepoDataRecord> = {
    name,
    version,
    build,
    build_number,
    subdir: place.subdir,
    depends,
    constrains,
    fn,
    url: place.baseUrl + encodeFileName(fn),
    channel: place.channel,
    schannel: place.schannel,
  };
  // Assigned one by one: a channel has half a million of these.
  if (sha256 !== undefined) record.sha256 = sha256 as Sha256;
  if (md5 !== undefined) record.md5 = md5 as Md5;
  const size = natural(raw['size']);
  if (size !== undefined) record.size = size;
  const noarchType = noarch(raw['noarch']);
  if (noarchType !== undefined) record.noarch = noarchType;
  const timestamp = milliseconds(raw['timestamp']);
  if (timestamp !== undefined) record.timestamp = timestamp;
  const indexed = milliseconds(raw['indexed_timestamp']);
  if (indexed !== undefined) record.indexed_timestamp = indexed;
  for (const key of TEXTS) {
    const value = raw[key];
    if (typeof value === 'string') record[key] = value;
  }
  addRareFields(record, raw);
  return record;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const TEXTS = ['license', 'license_family', 'arch', 'platform', 'python_site_packages_path'] as const;

const FILE_NAME = /^(?!\.)[^/\\:\p{Cc}]+\.(?:conda|tar\.bz2)$/u;
const UNSAFE = /[/\\:\p{Cc}]/u;
const NONE: readonly string[] = [];

function addRareFields(record: Mutable<RepoDataRecord>, raw: RawRecord): void {
  if (raw['track_features'] !== undefined) {
    const features = list(words(raw['track_features']));
    if (features !== undefined && features.length > 0) record.track_features = features;
  }
  if (raw['features'] !== undefined) {
    const features = list(words(raw['features']));
    if (features !== undefined && features.length > 0) record.features = features.join(' ');
  }
  const legacyMd5 = digest(raw['legacy_bz2_md5'], 32);
  if (legacyMd5 !== undefined && legacyMd5 !== false) record.legacy_bz2_md5 = legacyMd5 as Md5;
  const legacySize = natural(raw['legacy_bz2_size']);
  if (legacySize !== undefined) record.legacy_bz2_size = legacySize;
  const extras = groups(raw['extra_depends']);
  if (extras !== undefined) record.extra_depends = extras;
  const flags = list(raw['flags']);
  if (flags !== undefined && flags.length > 0) record.flags = flags;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function integer(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'bigint') return integer(Number(number));
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

function natural(value: unknown): number | undefined {
  const number = integer(value);
  return number !== undefined && number >= 0 ? number : undefined;
}

function list(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return NONE;
  if (!Array.isArray(value)) return undefined;
  if (value.length === 0) return NONE;
  return value.every((item) => typeof item === 'string') ? (value as string[]) : undefined;
}

function words(value: unknown): unknown {
  return typeof value === 'string' ? value.split(/[\s,]+/).filter((word) => word !== '') : value;
}

/** False: there is one, and it is none. */
function digest(value: unknown, length: number): string | undefined | false {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string' || value.length !== length) return false;
  const lower = value.toLowerCase();
  return /^[0-9a-f]+$/.test(lower) ? lower : false;
}

function noarch(value: unknown): NoArchType | undefined {
  if (value === 'python' || value === 'generic') return value;
  return value === true ? 'generic' : undefined;
}

/** Old records give seconds: what would be before the year 9999 as seconds is meant so. */
const LAST_SECOND = 253_402_300_799;

function milliseconds(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= 0) || number > Number.MAX_SAFE_INTEGER) return undefined;
  return Math.floor(number <= LAST_SECOND ? number * 1000 : number);
}

function groups(value: unknown): Readonly<Record<string, readonly string[]>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value).flatMap(([group, specs]) => {
    const depends = list(specs);
    return depends === undefined ? [] : [[group, depends] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** conda leaves file names in URLs as they are; but these would change what the URL means. */
function encodeFileName(fn: string): string {
  return /[%#? ]/.test(fn) ? fn.replaceAll(/[%#? ]/g, (char) => encodeURIComponent(char)) : fn;
}
