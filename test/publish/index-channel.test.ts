import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { decode } from '@msgpack/msgpack';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { decompressZstdSync } from '../../src/io/zstd.ts';
import { createPackage, indexChannel, type PackageMetadata } from '../../src/publish/index.ts';

let work: string;
let channel: string;
const NOW = 1_750_000_000_000;

beforeAll(async () => {
  work = mkdtempSync(path.join(tmpdir(), 'tconda-publish-'));
  channel = path.join(work, 'channel');
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
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

interface Index {
  readonly info: { readonly subdir: string; readonly repodata_revisions?: unknown };
  readonly packages: Record<string, Record<string, unknown>>;
  readonly 'packages.conda': Record<string, Record<string, unknown>>;
  readonly v3?: { readonly conda: Record<string, Record<string, unknown>> };
  readonly removed: readonly string[];
}
const read = (root: string, file: string): Index =>
  JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Index;

function copyOf(name: string): string {
  const copy = path.join(work, name);
  cpSync(channel, copy, { recursive: true, preserveTimestamps: true });
  return copy;
}

function digests(root: string): Record<string, string> {
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

describe('indexChannel', () => {
  test('writes every form of the index, and says the same in each', async () => {
    const root = copyOf('forms');
    const results = await indexChannel(root, { now: NOW });
    expect(results.map(({ subdir, packages, opened }) => [subdir, packages, opened])).toEqual([
      ['linux-64', 5, 5],
      ['noarch', 1, 1],
    ]);
    const index = read(root, 'linux-64/repodata.json');
    const zst = decompressZstdSync(readFileSync(path.join(root, 'linux-64/repodata.json.zst')), {
      maxBytes: 1e7,
    });
    expect(JSON.parse(zst.toString())).toEqual(index);
    expect(Object.keys(index['packages.conda'])).toEqual([
      'curl-8.0-0.conda',
      'zlib-1.2-0.conda',
      'zlib-1.3-0.conda',
    ]);
    const archive = readFileSync(path.join(root, 'linux-64/zlib-1.3-0.conda'));
    expect(index['packages.conda']['zlib-1.3-0.conda']).toMatchObject({
      name: 'zlib',
      subdir: 'linux-64',
      size: archive.length,
      sha256: createHash('sha256').update(archive).digest('hex'),
      indexed_timestamp: NOW,
    });
    expect(Object.keys(index.v3?.conda ?? {})).toEqual(['future-1.0-0']);
    expect(index.info.repodata_revisions).toEqual({ v3: { n_packages: 1, newest: NOW, oldest: NOW } });

    const shards = decodeZst(path.join(root, 'linux-64/repodata_shards.msgpack.zst')) as {
      shards: Record<string, Uint8Array>;
    };
    const digest = Buffer.from(shards.shards['zlib'] ?? []).toString('hex');
    const file = path.join(root, 'linux-64/shards', `${digest}.msgpack.zst`);
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(digest);
    const shard = decodeZst(file) as Index;
    expect(Object.keys(shard['packages.conda'])).toEqual(['zlib-1.2-0.conda', 'zlib-1.3-0.conda']);
    expect(shard['packages.conda']['zlib-1.3-0.conda']).toMatchObject({
      run_exports: { weak: ['zlib >=1.3'] },
    });

    expect(read(root, 'linux-64/run_exports.json')['packages.conda']['curl-8.0-0.conda']).toEqual({
      run_exports: { weak: ['curl >=8.0'] },
    });
    const channelData = JSON.parse(readFileSync(path.join(root, 'channeldata.json'), 'utf8')) as {
      packages: Record<string, unknown>;
    };
    expect(channelData.packages['zlib']).toMatchObject({
      version: '1.3',
      summary: 'the zlib',
      'activate.d': true,
      subdirs: ['linux-64'],
      timestamp: 1_700_000_000,
    });
  });

  test('opens what is new or changed, and leaves files alone that stay the same', async () => {
    const root = copyOf('incremental');
    await indexChannel(root, { now: NOW });
    const before = digests(root);
    const old = new Date(1_600_000_000_000);
    const touched = path.join(root, 'noarch/repodata.json');
    utimesSync(touched, old, old);
    const again = await indexChannel(root, { now: NOW + 5000 });
    expect(again.map(({ opened }) => opened)).toEqual([0, 0]);
    expect(digests(root)).toEqual(before);
    expect(statSync(touched).mtimeMs).toBe(old.getTime());

    cpSync(path.join(root, 'linux-64/curl-8.0-0.conda'), path.join(work, 'curl.conda'));
    rmSync(path.join(root, 'linux-64/curl-8.0-0.conda'));
    const [without] = await indexChannel(root, { now: NOW + 6000 });
    expect(without).toMatchObject({ packages: 4, opened: 0 });
    cpSync(path.join(work, 'curl.conda'), path.join(root, 'linux-64/curl-8.0-0.conda'));
    const [withAgain] = await indexChannel(root, { now: NOW + 7000 });
    expect(withAgain).toMatchObject({ packages: 5, opened: 1 });
    const records = read(root, 'linux-64/repodata.json')['packages.conda'];
    expect(records['curl-8.0-0.conda']?.['indexed_timestamp']).toBe(NOW + 7000);
    expect(records['zlib-1.3-0.conda']?.['indexed_timestamp']).toBe(NOW);
  });

  test('gives the same bytes without its notes, in any order of the packages', async () => {
    const root = copyOf('stable');
    await indexChannel(root, { now: NOW, parallel: 1 });
    const before = digests(root);
    rmSync(path.join(root, 'linux-64/.tconda-index.json'));
    rmSync(path.join(root, 'noarch/.tconda-index.json'));
    const results = await indexChannel(root, { now: NOW + 9000, parallel: 8 });
    expect(results.map(({ opened }) => opened)).toEqual([5, 1]);
    expect(digests(root)).toEqual(before);
  });

  test('applies repodata patches, and can go back', async () => {
    const root = copyOf('patched');
    const patch = {
      patch_instructions_version: 2,
      packages: {
        'zlib-1.2-0.tar.bz2': { depends: ['libc'], sha256: 'f'.repeat(64), indexed_timestamp: 1 },
        'absent-1-0.tar.bz2': { depends: [] },
      },
      'packages.conda': { 'zlib-1.3-0.conda': { license: 'Zlib', run_exports: { strong: ['zlib 1.*'] } } },
      revoke: ['zlib-1.2-0.tar.bz2'],
      remove: ['curl-8.0-0.tar.bz2'],
    };
    await indexChannel(root, { now: NOW });
    const before = digests(root);
    const file = path.join(root, 'linux-64/patch_instructions.json');
    writeFileSync(file, JSON.stringify(patch));
    const [result] = await indexChannel(root, { now: NOW });
    expect(result).toMatchObject({ packages: 4, opened: 0, removed: ['curl-8.0-0.conda'] });
    const index = read(root, 'linux-64/repodata.json');
    const plain = read(root, 'linux-64/repodata_from_packages.json');
    expect(index.removed).toEqual(['curl-8.0-0.conda']);
    for (const record of [
      index.packages['zlib-1.2-0.tar.bz2'],
      index['packages.conda']['zlib-1.2-0.conda'],
    ]) {
      expect(record).toMatchObject({
        depends: ['libc', 'package_has_been_revoked'],
        revoked: true,
        indexed_timestamp: NOW,
      });
      expect(record?.['sha256']).not.toBe('f'.repeat(64));
    }
    expect(index['packages.conda']['zlib-1.3-0.conda']?.['license']).toBe('Zlib');
    expect(plain['packages.conda']['zlib-1.2-0.conda']?.['depends']).toEqual(['python']);
    expect(read(root, 'linux-64/run_exports.json')['packages.conda']['zlib-1.3-0.conda']).toEqual({
      run_exports: { strong: ['zlib 1.*'] },
    });

    rmSync(file);
    await indexChannel(root, { now: NOW });
    expect(withoutShards(digests(root))).toEqual(withoutShards(before));
  });

  test('reads patches out of a package', async () => {
    const root = copyOf('patch-package');
    const tree = path.join(work, 'patch-tree');
    mkdirSync(path.join(tree, 'linux-64'), { recursive: true });
    writeFileSync(
      path.join(tree, 'linux-64/patch_instructions.json'),
      JSON.stringify({ patch_instructions_version: 1, remove: ['zlib-1.3-0.conda'] }),
    );
    const { file } = await createPackage({
      tree,
      index: { name: 'patches', version: '1', build: '0', subdir: 'noarch' },
      outputDirectory: work,
    });
    const results = await indexChannel(root, { patches: file });
    expect(results.map(({ removed }) => removed)).toEqual([['zlib-1.3-0.conda'], []]);
    await expect(indexChannel(root, { patches: path.join(work, 'none') })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });

  test('leaves out what does not belong there, and says why', async () => {
    const root = copyOf('strangers');
    cpSync(path.join(root, 'noarch/tool-1.0-py_0.conda'), path.join(root, 'linux-64/tool-1.0-py_0.conda'));
    cpSync(path.join(root, 'linux-64/curl-8.0-0.conda'), path.join(root, 'linux-64/evil-8.0-0.conda'));
    writeFileSync(path.join(root, 'linux-64/broken-1-0.conda'), 'no archive');
    const [result] = await indexChannel(root);
    expect(result?.packages).toBe(5);
    expect(result?.skipped.map(({ file }) => file)).toEqual([
      'broken-1-0.conda',
      'evil-8.0-0.conda',
      'tool-1.0-py_0.conda',
    ]);
  });

  test.each([
    ['[]', 'is not an object'],
    ['{', 'is not JSON'],
    ['{"patch_instructions_version":3}', 'has version 3'],
    ['{"remove":"x"}', "'remove' is not a list"],
    ['{"packages":{"a":1}}', 'of a is not an object'],
  ])('refuses the patches %s', async (text, reason) => {
    const root = path.join(work, 'bad-patches');
    mkdirSync(path.join(root, 'linux-64'), { recursive: true });
    writeFileSync(path.join(root, 'linux-64/patch_instructions.json'), text);
    await expect(indexChannel(root)).rejects.toThrow(reason);
  });
});

/** Shards of the index before stay for its readers. */
function withoutShards(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([file]) => !file.includes('/shards/')));
}

function decodeZst(file: string): unknown {
  return decode(decompressZstdSync(readFileSync(file), { maxBytes: 1e7 }));
}
