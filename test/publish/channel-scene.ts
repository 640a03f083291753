import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createPackage, type PackageMetadata } from '../../src/publish/index.ts';

/** The time that notes are made at. */
export const NOW = 1_750_000_000_000;

/** A channel of a few packages, not indexed yet, and a folder for copies of it. */
export interface ChannelScene {
  readonly work: string;
  readonly channel: string;
  readonly copyOf: (name: string) => string;
  readonly remove: () => void;
}

export async function makeChannelScene(): Promise<ChannelScene> {
  const work = mkdtempSync(path.join(tmpdir(), 'tconda-publish-'));
  const channel = path.join(work, 'channel');
  const tree = path.join(work, 'tree');
  mkdirSync(path.join(tree, 'etc/conda/activate.d'), { recursive: true });
  writeFileSync(path.join(tree, 'etc/conda/activate.d/x.sh'), 'true\n');
  const make = async (
    text: string,
    format: '.conda' | '.tar.bz2' = '.conda',
    fields: Partial<PackageMetadata> = {},
  ) => {
    const [name = '', version = '', build = ''] = text.split(' ');
    const subdir = fields.subdir ?? 'linux-64';
    await createPackage({
      tree,
      index: { name, version, build, depends: ['python'], timestamp: 1_700_000_000_000, ...fields, subdir },
      outputDirectory: path.join(channel, subdir),
      format,
      level: 3,
      about: { summary: `the ${name}` },
      runExports: { weak: [`${name} >=${version}`] },
    });
  };
  await make('zlib 1.2 0', '.tar.bz2');
  await make('zlib 1.2 0');
  await make('zlib 1.3 0');
  await make('curl 8.0 0');
  await make('future 1.0 0', '.conda', { schema_version: 3 } as Partial<PackageMetadata>);
  await make('tool 1.0 py_0', '.conda', { subdir: 'noarch', noarch: 'python' });
  return {
    work,
    channel,
    copyOf: (name) => {
      const copy = path.join(work, name);
      cpSync(channel, copy, { recursive: true, preserveTimestamps: true });
      return copy;
    },
    remove: () => rmSync(work, { recursive: true, force: true }),
  };
}

/** What an index file says. */
export interface Index {
  readonly info: { readonly subdir: string; readonly repodata_revisions?: unknown };
  readonly packages: Record<string, Record<string, unknown>>;
  readonly 'packages.conda': Record<string, Record<string, unknown>>;
  readonly v3?: { readonly conda: Record<string, Record<string, unknown>> };
  readonly removed: readonly string[];
}
export const readIndex = (root: string, file: string): Index =>
  JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Index;

/** The SHA-256 of each file below a folder. */
export function digests(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => statSync(path.join(root, file)).isFile() && !path.basename(file).startsWith('.'),
  );
  return Object.fromEntries(
    files.toSorted().map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(path.join(root, file)))
        .digest('hex'),
    ]),
  );
}
