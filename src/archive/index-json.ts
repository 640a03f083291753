import type { IndexJson } from '../model/package-info.ts';
import { parsePackageName } from '../model/package-name.ts';
import type { NoArchType } from '../model/package-record.ts';
import { invalidInfo, JsonFields, parseJson } from './json-fields.ts';

/**
 * Parses `info/index.json` (CEP 34) and brings old spellings into today's: `noarch: true`, a text of features, a timestamp in seconds.
 * @throws {TcondaError} `INVALID_PACKAGE_INFO`, `INVALID_PACKAGE_NAME`
 */
export function parseIndexJson(text: string, where = 'info/index.json'): IndexJson {
  const fields = new JsonFields(parseJson(text, where), where);
  const required = (key: string): string => {
    const value = fields.text(key);
    if (value === undefined) throw invalidInfo(where, `has no '${key}'`);
    return value;
  };
  const noarch = parseNoArch(fields);
  return {
    name: parsePackageName(required('name')),
    version: safePart(required('version'), 'version', where),
    build: safePart(required('build'), 'build', where),
    build_number: fields.count('build_number') ?? 0,
    subdir: fields.text('subdir') ?? legacySubdir(fields, noarch),
    depends: fields.texts('depends') ?? [],
    constrains: fields.texts('constrains') ?? [],
    ...present('noarch', noarch),
    ...present('timestamp', parseTimestamp(fields.count('timestamp'))),
    ...present('track_features', parseFeatures(fields)),
    ...present('features', fields.text('features')),
    ...present('license', fields.text('license')),
    ...present('license_family', fields.text('license_family')),
    ...present('arch', fields.text('arch')),
    ...present('platform', fields.text('platform')),
    ...present('python_site_packages_path', fields.text('python_site_packages_path')),
    ...present('extra_depends', parseExtraDepends(fields, where)),
    ...present('flags', fields.texts('flags')),
    ...present('schema_version', fields.count('schema_version')),
  };
}

function present<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

/** Version and build become parts of file names. */
function safePart(value: string, key: string, where: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (value === '' || /[\u0000-\u0020\u007f/\\:-]/.test(value) || value === '.' || value === '..') {
    throw invalidInfo(where, `has the impossible ${key} ${JSON.stringify(value)}`);
  }
  return value;
}

function parseNoArch(fields: JsonFields): NoArchType | undefined {
  const value = fields.get('noarch');
  if (value === true) return 'generic';
  if (value === undefined || value === false) return undefined;
  if (value === 'generic' || value === 'python') return value;
  throw fields.wrong('noarch', "'generic' or 'python'");
}

/** Above the year 9999 in seconds it must be milliseconds. */
const LAST_SECOND = 253_402_300_799;

function parseTimestamp(value: number | undefined): number | undefined {
  return value !== undefined && value <= LAST_SECOND ? value * 1000 : value;
}

function parseFeatures(fields: JsonFields): readonly string[] | undefined {
  const value = fields.get('track_features');
  const features =
    typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : fields.texts('track_features');
  return features === undefined || features.length === 0 ? undefined : features;
}

function parseExtraDepends(
  fields: JsonFields,
  where: string,
): Readonly<Record<string, readonly string[]>> | undefined {
  const value = fields.get('extra_depends');
  if (value === undefined) return undefined;
  const groups = new JsonFields(value, `${where} 'extra_depends'`);
  // Without a prototype: `__proto__` is a name like any other.
  const result = Object.create(null) as Record<string, readonly string[]>;
  for (const group of Object.keys(value as object)) result[group] = groups.texts(group) ?? [];
  return result;
}

/** Packages of before 2014 say `arch` and `platform` alone. */
function legacySubdir(fields: JsonFields, noarch: NoArchType | undefined): string {
  const platform = fields.text('platform');
  if (noarch !== undefined || platform === undefined) return 'noarch';
  const bits = fields.text('arch') === 'x86' ? '32' : '64';
  return `${platform}-${bits}`;
}
