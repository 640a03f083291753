import { isKnownSubdir } from '../model/subdir.ts';
import type { FieldReader, Fields } from './fields.ts';

/** A `pixi.lock`. */
export interface PixiLock {
  readonly kind: 'pixi-lock';
  readonly version: number;
  readonly environments: ReadonlyMap<string, PixiEnvironment>;
}

/** One of the environments that a file locks. */
export interface PixiEnvironment {
  readonly channels: readonly string[];
  /** Of pip packages. */
  readonly indexes: readonly string[];
  /** By the name of the platform, which need not be a subdir. */
  readonly packages: ReadonlyMap<string, readonly PixiPackage[]>;
  /** By the name of the platform. */
  readonly subdirs: ReadonlyMap<string, string>;
}

/** A package, as the file has it. */
export interface PixiPackage {
  /** `conda_source` must be built first. */
  readonly kind: 'conda' | 'conda_source' | 'pypi';
  /** URL or path, a path relative to the file. */
  readonly location: string;
  readonly md5: string | undefined;
  readonly sha256: string | undefined;
}

type Kind = PixiPackage['kind'];

const KINDS: readonly Kind[] = ['conda', 'conda_source', 'pypi'];
/** As the tools that write them allow. */
const PLATFORM_NAME = /^[A-Za-z0-9_-]+$/;

/** The lock file of pixi and rattler, versions 4 to 7, out of its parsed YAML. Throws what `reader.fail` makes where it is none. */
export function readPixiLock(data: Fields, reader: FieldReader): PixiLock {
  const { version } = data;
  if (typeof version !== 'number' || version < 4 || version > 7) {
    throw reader.fail(`its version is ${JSON.stringify(version)}, and 4 to 7 are known`);
  }
  const subdirs = version >= 7 ? readPlatforms(data, reader) : undefined;
  const digests = readDigests(data, reader);
  const environments = Object.entries(reader.map(data['environments'], 'environments')).map(
    ([name, value]): [string, PixiEnvironment] => [
      name,
      readEnvironment(reader.map(value, name), subdirs, digests, reader),
    ],
  );
  return { kind: 'pixi-lock', version, environments: new Map(environments) };
}

function readPlatforms(data: Fields, reader: FieldReader): ReadonlyMap<string, string> {
  const subdirs = new Map<string, string>();
  for (const item of reader.list(data['platforms'], 'platforms')) {
    const fields = reader.map(item, 'a platform');
    const name = reader.text(fields['name'], "a platform's name");
    const subdir = reader.findText(fields['subdir'], `subdir of ${name}`) ?? name;
    if (!PLATFORM_NAME.test(name)) throw reader.fail(`'${name}' can't be the name of a platform`);
    if (!isKnownSubdir(subdir))
      throw reader.fail(`the platform '${name}' is of no known subdir: '${subdir}'`);
    if (subdirs.has(name)) throw reader.fail(`the platform '${name}' is there twice`);
    subdirs.set(name, subdir);
  }
  return subdirs;
}

interface Digests {
  readonly md5: string | undefined;
  readonly sha256: string | undefined;
}

/** By kind and location. */
function readDigests(data: Fields, reader: FieldReader): ReadonlyMap<string, Digests> {
  const digests = new Map<string, Digests>();
  for (const item of reader.list(data['packages'], 'packages')) {
    const fields = reader.map(item, 'a package');
    const kind =
      KINDS.find((key) => key in fields) ?? reader.findText(fields['kind'], 'the kind of a package') ?? '';
    const place = fields[kind] ?? fields['url'] ?? fields['path'];
    digests.set(`${kind} ${reader.text(place, "a package's location")}`, {
      md5: reader.findText(fields['md5'], 'md5'),
      sha256: reader.findText(fields['sha256'], 'sha256'),
    });
  }
  return digests;
}

function readEnvironment(
  fields: Fields,
  declared: ReadonlyMap<string, string> | undefined,
  digests: ReadonlyMap<string, Digests>,
  reader: FieldReader,
): PixiEnvironment {
  const subdirs = new Map<string, string>();
  const packages = Object.entries(reader.map(fields['packages'] ?? {}, 'packages')).map(
    ([platform, items]): [string, readonly PixiPackage[]] => {
      const subdir = declared === undefined ? platform : declared.get(platform);
      if (subdir === undefined || !isKnownSubdir(subdir)) {
        throw reader.fail(`the platform '${platform}' is not known`);
      }
      subdirs.set(platform, subdir);
      return [
        platform,
        reader.list(items, platform).map((item) => readItem(reader.map(item, platform), digests, reader)),
      ];
    },
  );
  return {
    channels: reader
      .list(fields['channels'], 'channels')
      .map((channel) => reader.text(reader.map(channel, 'a channel')['url'], "a channel's url")),
    indexes: reader.list(fields['indexes'], 'indexes').map((index) => reader.text(index, 'an index')),
    packages: new Map(packages),
    subdirs,
  };
}

function readItem(fields: Fields, digests: ReadonlyMap<string, Digests>, reader: FieldReader): PixiPackage {
  const kind = KINDS.find((key) => key in fields);
  if (kind === undefined)
    throw reader.fail(`a package is of no known kind: ${Object.keys(fields).join(', ')}`);
  const location = reader.text(fields[kind], "a package's location");
  const found = digests.get(`${kind} ${location}`);
  return { kind, location, md5: found?.md5, sha256: found?.sha256 };
}
