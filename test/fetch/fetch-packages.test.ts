import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { fetchPackages, type FetchPackagesOptions } from '../../src/fetch/index.ts';
import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import type { CachedArchive } from '../../src/model/package-files.ts';
import { parsePackageName } from '../../src/model/package-name.ts';
import type { Md5, RepoDataRecord, Sha256 } from '../../src/model/package-record.ts';
import { digest } from '../helpers/channel.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7) % 251));

let directory: string;
let pkgs: string;
let server: TestServer;
let http: HttpClient;
let events: ProgressEvent[];
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tconda-fetch-'));
  pkgs = path.join(directory, 'pkgs');
  server = await startServer();
  http = createHttpClient({ backoffFactor: 0.001, readTimeout: 0.4, maxRetries: 0 });
  events = [];
  server.put('/ch/linux-64/zlib-1.3-h_0.conda', bytes);
});
afterEach(async () => {
  await http.close();
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

function record(fields: Partial<RepoDataRecord> = {}, content: Uint8Array = bytes): RepoDataRecord {
  const { name = 'zlib', version = '1.3', build = 'h_0' } = fields;
  const fn = `${name}-${version}-${build}.conda`;
  return {
    name: parsePackageName('zlib'),
    version: '1.3',
    build: 'h_0',
    build_number: 0,
    subdir: 'linux-64',
    depends: [],
    constrains: [],
    fn,
    url: `${server.url}/ch/linux-64/${fn}`,
    channel: `${server.url}/ch`,
    schannel: 'ch',
    sha256: digest('sha256', content) as Sha256,
    size: content.length,
    ...fields,
  };
}

function without(given: RepoDataRecord, ...keys: readonly (keyof RepoDataRecord)[]): RepoDataRecord {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !keys.includes(key as never))) as never;
}

async function fetchAll(
  records: readonly RepoDataRecord[],
  options: Partial<FetchPackagesOptions> = {},
): Promise<CachedArchive[]> {
  const all: CachedArchive[] = [];
  const report = (event: ProgressEvent) => events.push(event);
  for await (const one of fetchPackages(records, { pkgsDirs: [pkgs], http, report, ...options }))
    all.push(one);
  return all;
}

/** As extraction leaves it. */
async function extracted(at: string, fields: object): Promise<void> {
  await mkdir(path.join(at, 'info'), { recursive: true });
  await writeFile(path.join(at, 'info', 'index.json'), '{}');
  await writeFile(path.join(at, 'info', 'repodata_record.json'), JSON.stringify(fields));
}

const slot = (...parts: string[]) => path.join(pkgs, ...parts);
const ARCHIVE = 'zlib-1.3-h_0.conda';

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

  test('goes on where an interrupted process stopped', async () => {
    server.fail(`/ch/linux-64/${ARCHIVE}`, { kind: 'cut', after: 120_000 });
    await expect(fetchAll([record()])).rejects.toMatchObject({ code: 'HTTP_FAILED' });
    expect((await stat(slot(`${ARCHIVE}.tconda.partial`))).size).toBe(120_000);
    server.reset();
    await fetchAll([record()]);
    expect(server.requests.map((request) => request.headers.range)).toEqual(['bytes=120000-']);
    expect((await readFile(slot(ARCHIVE))).equals(bytes)).toBe(true);
  });

  test.each([
    ['of another file', Buffer.alloc(1000)],
    ['that is complete but wrong', Buffer.alloc(bytes.length)],
    ['that is too long', Buffer.alloc(bytes.length + 1)],
    ['that is complete', bytes],
  ])('copes with a beginning %s', async (_, beginning) => {
    await mkdir(pkgs);
    await writeFile(slot(`${ARCHIVE}.tconda.partial`), beginning);
    await fetchAll([record()]);
    expect((await readFile(slot(ARCHIVE))).equals(bytes)).toBe(true);
    expect(server.requests.length > 0).toBe(!beginning.equals(bytes));
  });

  test.each([symlink, link])(
    'does not write through a link that somebody laid in the place of a beginning',
    async (lay) => {
      const victim = path.join(path.dirname(pkgs), 'victim');
      await writeFile(victim, bytes.subarray(0, 1000));
      await mkdir(pkgs);
      await lay(victim, slot(`${ARCHIVE}.tconda.partial`));
      await fetchAll([record()]);
      expect((await readFile(slot(ARCHIVE))).equals(bytes)).toBe(true);
      expect((await readFile(victim)).equals(bytes.subarray(0, 1000))).toBe(true);
    },
  );

  test('starts over when the server knows no ranges', async () => {
    await mkdir(pkgs);
    await writeFile(slot(`${ARCHIVE}.tconda.partial`), bytes.subarray(0, 1000));
    server.fail(`/ch/linux-64/${ARCHIVE}`, { kind: 'no-range' });
    await fetchAll([record()]);
    expect((await readFile(slot(ARCHIVE))).equals(bytes)).toBe(true);
  });

  test('downloads once for all who want it', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => fetchAll([record()])));
    expect(server.paths()).toEqual([`/ch/linux-64/${ARCHIVE}`]);
    expect(new Set(all.flat().map(({ archive }) => archive))).toEqual(new Set([slot(ARCHIVE)]));
    expect((await readdir(pkgs)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('keeps packages of two channels with the same file name apart', async () => {
    await fetchAll([record()]);
    await extracted(slot('zlib-1.3-h_0'), record());
    const foreign = Buffer.from('of another channel');
    server.put(`/other/linux-64/${ARCHIVE}`, foreign);
    const theirs = record({ url: `${server.url}/other/linux-64/${ARCHIVE}` }, foreign);
    const [got] = await fetchAll([theirs]);
    expect(got?.directory).toMatch(/\.other-channels\/[0-9a-f]{12}\/zlib-1\.3-h_0$/);
    await extracted(got?.directory ?? '', theirs);
    server.reset();
    expect((await fetchAll([theirs]))[0]).toMatchObject({ directory: got?.directory, isExtracted: true });
    expect((await fetchAll([record()]))[0]).toMatchObject({
      directory: slot('zlib-1.3-h_0'),
      isExtracted: true,
    });
    expect(server.requests).toEqual([]);
  });

  test('takes an installed .tar.bz2 for its .conda', async () => {
    const md5 = digest('md5', 'old') as Md5;
    const url = `${server.url}/ch/linux-64/zlib-1.3-h_0.tar.bz2`;
    await extracted(slot('zlib-1.3-h_0'), { md5, url, size: 3, sha256: digest('sha256', 'old') });
    const [got] = await fetchAll([record({ legacy_bz2_md5: md5, legacy_bz2_size: 3 })]);
    expect(got?.isExtracted).toBe(true);
  });

  test('uses the archives of a channel on this disk in place, but verified', async () => {
    const archive = path.join(directory, 'my channel', ARCHIVE);
    await mkdir(path.dirname(archive));
    await writeFile(archive, bytes);
    const local = record({ url: pathToFileURL(archive).href });
    expect((await fetchAll([local], { offline: true }))[0]).toMatchObject({
      archive,
      directory: slot('zlib-1.3-h_0'),
    });
    await writeFile(archive, Buffer.alloc(bytes.length));
    await expect(fetchAll([local])).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' });
    await rm(archive);
    await expect(fetchAll([local])).rejects.toThrow('is not there');
  });

  test('says offline of all that is missing, before it does anything', async () => {
    const others = ['a', 'b'].map((version) => record({ version }));
    await expect(fetchAll(others, { offline: true })).rejects.toMatchObject({
      code: 'OFFLINE',
      message: 'Offline, and not in the package cache: zlib-a-h_0.conda, zlib-b-h_0.conda',
    });
    await expect(readdir(pkgs)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('says when no cache can be written', async () => {
    const file = path.join(directory, 'file');
    await writeFile(file, '');
    await expect(fetchAll([record()], { pkgsDirs: [path.join(file, 'pkgs')] })).rejects.toMatchObject({
      code: 'NO_WRITABLE_PKGS_DIR',
    });
  });

  test('yields what is there before it waits, the largest first', async () => {
    const many = [10, 3000, 200].map((size) => {
      const content = bytes.subarray(0, size);
      const version = String(size);
      server.put(`/ch/linux-64/zlib-${version}-h_0.conda`, content);
      return record({ version }, content);
    });
    await extracted(slot('zlib-10-h_0'), many[0] ?? {});
    const got = await fetchAll(many, { fetchThreads: 1 });
    expect(got.map(({ record: { version } }) => version)).toEqual(['10', '3000', '200']);
  });

  test('stops the others when one fails, and when nobody reads on', async () => {
    server.put('/ch/linux-64/zlib-slow-h_0.conda', bytes);
    server.failAlways(/slow/, { kind: 'stall', after: 10 });
    server.failAlways(/none/, { kind: 'status', status: 404 });
    const slow = record({ version: 'slow' });
    const patient = createHttpClient({ readTimeout: 30 });
    await expect(fetchAll([slow, record({ version: 'none' })], { http: patient })).rejects.toMatchObject({
      code: 'HTTP_FAILED',
      data: { status_code: 404 },
    });
    for await (const one of fetchPackages([slow, record()], { pkgsDirs: [pkgs], http: patient })) {
      expect(one.record.version).toBe('1.3');
      break;
    }
    await patient.close();
    expect((await readdir(pkgs)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
