import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import type { ExtractedPackage } from '../../src/model/package-files.ts';
import type { PathEntry } from '../../src/model/package-info.ts';
import { parsePackageName } from '../../src/model/package-name.ts';
import type { NoArchType, RepoDataRecord } from '../../src/model/package-record.ts';

/** A text or bytes; with what `paths.json` says of it, or a symlink, or an empty directory. */
export type PackageFile =
  | string
  | Buffer
  | ({ readonly content: string | Buffer; readonly mode?: number } & Partial<PathEntry>)
  | { readonly link: string }
  | { readonly directory: true };

export interface ExtractedPackageOptions extends Partial<Omit<RepoDataRecord, 'name'>> {
  readonly noarch?: NoArchType;
  readonly entryPoints?: readonly string[];
  readonly files?: Readonly<Record<string, PackageFile>>;
}

/** Makes a package lying open in `cache`: `zlib 1.3 h0_0`, as if an archive had been extracted there. */
export function makeExtractedPackage(
  cache: string,
  text: string,
  options: ExtractedPackageOptions = {},
): ExtractedPackage {
  const { files = {}, entryPoints, ...fields } = options;
  const record = makeRecord(text, fields);
  const directory = path.join(cache, `${record.name}-${record.version}-${record.build}`);
  const paths = Object.entries(files).map(([name, file]) => makeFile(directory, name, file));
  mkdirSync(path.join(directory, 'info'), { recursive: true });
  const write = (name: string, value: unknown): void =>
    writeFileSync(path.join(directory, 'info', name), JSON.stringify(value));
  const { name, version, build, build_number, subdir, depends, noarch } = record;
  write('index.json', { name, version, build, build_number, subdir, depends, ...(noarch && { noarch }) });
  write('paths.json', { paths_version: 1, paths });
  if (noarch !== undefined) {
    const inner = { type: noarch, ...(entryPoints && { entry_points: entryPoints }) };
    write('link.json', { package_metadata_version: 1, noarch: inner });
  }
  return { record, archive: `${directory}.conda`, directory };
}

/** `zlib 1.3 h0_0` as a channel would list it. */
export function makeRecord(text: string, fields: Partial<Omit<RepoDataRecord, 'name'>> = {}): RepoDataRecord {
  const [name = '', version = '1.0', build = '0'] = text.split(' ');
  const subdir = fields.subdir ?? (fields.noarch === undefined ? 'linux-64' : 'noarch');
  const fn = `${name}-${version}-${build}.conda`;
  return {
    name: parsePackageName(name),
    version,
    build,
    build_number: 0,
    subdir,
    depends: [],
    constrains: [],
    license: 'MIT',
    timestamp: 1_700_000_000_000,
    fn,
    url: `https://example.test/chan/${subdir}/${fn}`,
    channel: 'https://example.test/chan',
    schannel: 'chan',
    ...fields,
  };
}

/** Every path below `root` with what it is: `0755 <content>`, `-> target`, `/`. Directories only where they are empty. */
export function readTree(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (directory: string): void => {
    for (const name of readdirSync(path.join(root, directory)).toSorted()) {
      const file = directory === '' ? name : `${directory}/${name}`;
      const stats = lstatSync(path.join(root, file));
      if (stats.isSymbolicLink()) found[file] = `-> ${readlinkSync(path.join(root, file))}`;
      else if (!stats.isDirectory()) {
        const content = readFileSync(path.join(root, file));
        found[file] = `${(stats.mode & 0o777).toString(8)} ${content.toString('latin1')}`;
      } else if (readdirSync(path.join(root, file)).length === 0) found[file] = '/';
      else visit(file);
    }
  };
  if (existsSync(root)) visit('');
  return found;
}

function makeFile(root: string, name: string, file: PackageFile): PathEntry {
  const place = path.join(root, name);
  mkdirSync(path.dirname(place), { recursive: true });
  if (typeof file === 'object' && 'link' in file) {
    symlinkSync(file.link, place);
    return { _path: name, path_type: 'softlink' };
  }
  if (typeof file === 'object' && 'directory' in file) return { _path: name, path_type: 'directory' };
  const {
    content,
    mode = 0o644,
    ...entry
  } = typeof file === 'string' || Buffer.isBuffer(file) ? { content: file } : file;
  const bytes = Buffer.from(content);
  writeFileSync(place, bytes);
  chmodSync(place, mode);
  return {
    _path: name,
    path_type: 'hardlink',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size_in_bytes: bytes.length,
    ...entry,
  };
}
