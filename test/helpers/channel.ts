import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { encode } from '@msgpack/msgpack';

import { compressZstdSync } from './zstd.ts';
import type { Channel } from '../../src/model/channel.ts';

/** Fields of a record as they stand in `repodata.json`. */
export type RawFields = Readonly<Record<string, unknown>>;

/** The channel at a base URL, as `-c URL` would give it. */
export function channelAt(baseUrl: string): Channel {
  const [, scheme = '', rest = ''] = /^([a-z]+):\/\/(.*)$/.exec(baseUrl) ?? [];
  const slash = rest.lastIndexOf('/');
  return {
    scheme,
    location: slash === -1 ? rest : rest.slice(0, slash),
    name: slash === -1 ? '' : rest.slice(slash + 1),
    canonicalName: baseUrl,
    baseUrl,
  };
}

/** The channel in a directory. */
export function channelIn(directory: string): Channel {
  return channelAt(pathToFileURL(directory).href);
}

/** A raw record and its file name: `raw('numpy 1.26 py312_0', { depends: ['python'] })`. Digests are those of its file name. */
export function raw(
  text: string,
  fields: RawFields = {},
  extension = '.conda',
): readonly [string, RawFields] {
  const [name = '', version = '1', build = '0'] = text.split(' ');
  const fn = `${name}-${version}-${build}${extension}`;
  return [
    fn,
    {
      name,
      version,
      build,
      build_number: 0,
      depends: [],
      subdir: 'linux-64',
      sha256: digest('sha256', fn),
      md5: digest('md5', fn),
      size: fn.length,
      ...fields,
    },
  ];
}

/** The text of a `repodata.json` with these records. */
export function repodataText(
  records: readonly (readonly [string, RawFields])[],
  more: RawFields = {},
): string {
  const of = (extension: string) => Object.fromEntries(records.filter(([fn]) => fn.endsWith(extension)));
  return JSON.stringify({
    info: { subdir: 'linux-64' },
    packages: of('.tar.bz2'),
    'packages.conda': of('.conda'),
    ...more,
  });
}

/** Writes `DIRECTORY/SUBDIR/repodata.json` for each subdir. The archives are not made. */
export async function writeChannel(
  directory: string,
  subdirs: Readonly<Record<string, readonly (readonly [string, RawFields])[]>>,
): Promise<Channel> {
  for (const [subdir, records] of Object.entries(subdirs)) {
    await mkdir(path.join(directory, subdir), { recursive: true });
    await writeFile(
      path.join(directory, subdir, 'repodata.json'),
      repodataText(records, { info: { subdir } }),
    );
  }
  return channelIn(directory);
}

/** Writes a subdir's sharded index (CEP 16) into `directory`, digests as bytes, and gives back the hash of each name's shard. */
export async function writeShards(
  directory: string,
  records: readonly (readonly [string, RawFields])[],
  info: RawFields = {},
): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  await mkdir(path.join(directory, 'shards'), { recursive: true });
  for (const name of new Set(records.map(([, fields]) => String(fields['name'])))) {
    const own = records
      .filter(([, fields]) => fields['name'] === name)
      .map(([fn, fields]) => [fn, inBytes(fields)] as const);
    const of = (extension: string) => Object.fromEntries(own.filter(([fn]) => fn.endsWith(extension)));
    const shard = compressZstdSync(encode({ packages: of('.tar.bz2'), 'packages.conda': of('.conda') }));
    hashes.set(name, digest('sha256', shard));
    await writeFile(path.join(directory, 'shards', `${digest('sha256', shard)}.msgpack.zst`), shard);
  }
  const shards = Object.fromEntries([...hashes].map(([name, hash]) => [name, Buffer.from(hash, 'hex')]));
  const index = encode({
    version: 1,
    info: { subdir: path.basename(directory), base_url: '', shards_base_url: './shards/', ...info },
    shards,
  });
  await writeFile(path.join(directory, 'repodata_shards.msgpack.zst'), compressZstdSync(index));
  return hashes;
}

function inBytes(fields: RawFields): RawFields {
  const bytes = (value: unknown) => Buffer.from(String(value), 'hex');
  return { ...fields, sha256: bytes(fields['sha256']), md5: bytes(fields['md5']) };
}

/** The digest of bytes or of a text in UTF-8, in hexadecimal. */
export function digest(kind: 'sha256' | 'md5', data: string | Uint8Array): string {
  return createHash(kind).update(data).digest('hex');
}
