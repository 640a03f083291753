import type { FieldReader, Fields } from './fields.ts';

/** A `conda-lock.yml` (CEP 37). */
export interface CondaLock {
  readonly kind: 'conda-lock';
  readonly version: number;
  /** As written: names or URLs. */
  readonly channels: readonly string[];
  readonly platforms: readonly string[];
  readonly packages: readonly LockedPackage[];
}

/** A package of one platform, as the file has it. */
export interface LockedPackage {
  readonly manager: 'conda' | 'pip';
  readonly name: string;
  readonly version: string;
  readonly platform: string;
  /** With variables as written. */
  readonly url: string;
  readonly md5: string | undefined;
  readonly sha256: string | undefined;
  /** `main` unless told. */
  readonly category: string;
  readonly isOptional: boolean;
}

/** The lock file of conda-lock, versions 1 to 3, out of its parsed YAML. Throws what `reader.fail` makes where it is none. */
export function readCondaLock(data: Fields, reader: FieldReader): CondaLock {
  const { version = 1 } = data;
  if (typeof version !== 'number' || version < 1 || version > 3) {
    throw reader.fail(`its version is ${JSON.stringify(version)}, and 1 to 3 are known`);
  }
  const metadata = data['metadata'] === undefined ? {} : reader.map(data['metadata'], 'metadata');
  const channels = reader
    .list(metadata['channels'], 'metadata.channels')
    .map((channel) =>
      typeof channel === 'string'
        ? channel
        : reader.text(reader.map(channel, 'a channel')['url'], "a channel's url"),
    );
  const platforms = reader
    .list(metadata['platforms'], 'metadata.platforms')
    .map((platform) => reader.text(platform, 'a platform'));
  const packages = reader.list(data['package'], 'package').map((item) => readPackage(item, reader));
  return { kind: 'conda-lock', version, channels, platforms, packages };
}

function readPackage(item: unknown, reader: FieldReader): LockedPackage {
  const fields = reader.map(item, 'a package');
  const name = reader.text(fields['name'], "a package's name");
  const text = (key: string): string => reader.text(fields[key], `${key} of ${name}`);
  const manager = text('manager');
  if (manager !== 'conda' && manager !== 'pip') throw reader.fail(`${name} is of the manager '${manager}'`);
  const hash = reader.map(fields['hash'], `hash of ${name}`);
  return {
    manager,
    name,
    version: text('version'),
    platform: text('platform'),
    url: text('url'),
    md5: reader.findText(hash['md5'], `md5 of ${name}`),
    sha256: reader.findText(hash['sha256'], `sha256 of ${name}`),
    category: reader.findText(fields['category'], `category of ${name}`) ?? 'main',
    isOptional: fields['optional'] === true,
  };
}
