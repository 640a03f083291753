import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { beforeEach, describe, expect, test } from 'vitest';

import type { Md5, RepoDataRecord } from '../../src/model/package-record.ts';
import { digest } from '../helpers/channel.ts';
import { ARCHIVE, bytes, type FetchScene, makeFetchScene } from './fetch-scene.ts';

let directory: FetchScene['directory'];
let pkgs: FetchScene['pkgs'];
let server: FetchScene['server'];
let events: FetchScene['events'];
let record: FetchScene['record'];
let fetchAll: FetchScene['fetchAll'];
let slot: FetchScene['slot'];

beforeEach(async () => {
  ({ directory, pkgs, server, events, record, fetchAll, slot } = await makeFetchScene());
});

function without(given: RepoDataRecord, ...keys: readonly (keyof RepoDataRecord)[]): RepoDataRecord {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !keys.includes(key as never))) as never;
}

/** As extraction leaves it. */
async function extracted(at: string, fields: object): Promise<void> {
  await mkdir(path.join(at, 'info'), { recursive: true });
  await writeFile(path.join(at, 'info', 'index.json'), '{}');
  await writeFile(path.join(at, 'info', 'repodata_record.json'), JSON.stringify(fields));
}

describe('fetchPackages', () => {
  test('downloads, verifies, and leaves an archive as conda would', async () => {
    const [got] = await fetchAll([record()]);
    expect(got).toEqual({
      record: record(),
      archive: slot(ARCHIVE),
      directory: slot('zlib-1.3-h_0'),
      isExtracted: false,
    });
    expect((await readFile(slot(ARCHIVE))).equals(bytes)).toBe(true);
    expect((await readdir(pkgs)).toSorted()).toEqual(['CACHEDIR.TAG', 'urls', 'urls.txt', ARCHIVE]);
    expect(await readFile(slot('urls.txt'), 'utf8')).toBe(`${server.url}/ch/linux-64/${ARCHIVE}\n`);
    const progress = events.flatMap((event) => (event.kind === 'download-progress' ? [event.bytes] : []));
    expect(progress.reduce((sum, part) => sum + part, 0)).toBe(bytes.length);
    expect(events.at(-1)).toMatchObject({ kind: 'fetched', fromCache: false });
  });

  test('takes what is in a cache, open or not, without a request', async () => {
    await fetchAll([record()]);
    server.reset();
    expect((await fetchAll([record()]))[0]?.isExtracted).toBe(false);
    await extracted(slot('zlib-1.3-h_0'), record());
    await rm(slot(ARCHIVE));
    expect(await fetchAll([record()], { offline: true })).toEqual([
      { record: record(), archive: undefined, directory: slot('zlib-1.3-h_0'), isExtracted: true },
    ]);
    expect(server.requests).toEqual([]);
  });

  test('reads a cache that it may not write, and opens its archives elsewhere', async () => {
    const readOnly = path.join(directory, 'read-only');
    await mkdir(readOnly);
    await writeFile(path.join(readOnly, ARCHIVE), bytes);
    const [got] = await fetchAll([record()], { pkgsDirs: [pkgs, readOnly] });
    expect(got?.archive).toBe(path.join(readOnly, ARCHIVE));
    expect(got?.directory).toBe(slot('zlib-1.3-h_0'));
    expect(server.requests).toEqual([]);
  });

  test.each([
    ['a damaged archive', async () => writeFile(slot(ARCHIVE), bytes.subarray(1))],
    ['an archive with other bytes', async () => writeFile(slot(ARCHIVE), Buffer.alloc(bytes.length))],
    ['a half extracted directory', async () => mkdir(slot('zlib-1.3-h_0', 'info'), { recursive: true })],
    ['a link in place of a directory', async () => symlink('/', slot('zlib-1.3-h_0'))],
  ])('is not taken in by %s', async (_, spoil) => {
    await mkdir(pkgs, { recursive: true });
    await spoil();
    const [got] = await fetchAll([record()]);
    expect(got).toMatchObject({ archive: slot(ARCHIVE), isExtracted: false });
    expect((await readFile(slot(ARCHIVE))).equals(bytes)).toBe(true);
  });

  test.each([
    ['other bytes', { body: Buffer.alloc(bytes.length) }, 'sha256 is'],
    ['fewer bytes', { body: bytes.subarray(0, 100) }, 'has 100 bytes, not 200000'],
    ['more bytes', { body: Buffer.concat([bytes, bytes]) }, 'has more than 200000 bytes'],
  ])('refuses %s and leaves nothing behind', async (_, { body }, message) => {
    server.put(`/ch/linux-64/${ARCHIVE}`, body);
    await expect(fetchAll([record()])).rejects.toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      message: expect.stringContaining(`${ARCHIVE}: ${message}`),
    });
    expect((await readdir(pkgs)).toSorted()).toEqual(['CACHEDIR.TAG', 'urls', 'urls.txt']);
  });

  test('checks MD5 where there is nothing better, and computes SHA-256 where there is nothing', async () => {
    const old = { ...without(record(), 'sha256', 'size'), md5: digest('md5', bytes) as Md5 };
    await expect(fetchAll([{ ...old, md5: digest('md5', 'x') as Md5 }])).rejects.toThrow('md5 is');
    expect((await fetchAll([old]))[0]?.record.sha256).toBe(digest('sha256', bytes));
    await rm(pkgs, { recursive: true });
    const bare = without(record(), 'sha256', 'size');
    expect((await fetchAll([bare]))[0]?.record).toEqual({
      ...bare,
      sha256: digest('sha256', bytes),
      md5: digest('md5', bytes),
      size: bytes.length,
    });
    server.reset();
    await fetchAll([bare]);
    expect(server.requests).toEqual([]);
    await fetchAll([{ ...bare, url: `${server.url}/other/${ARCHIVE}` }]).catch(() => undefined);
    expect(server.requests.length).toBe(1);
  });
});
