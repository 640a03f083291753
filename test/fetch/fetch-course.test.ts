import { link, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { beforeEach, describe, expect, test } from 'vitest';

import { fetchPackages } from '../../src/fetch/index.ts';
import { createHttpClient } from '../../src/io/http.ts';
import type { Md5 } from '../../src/model/package-record.ts';
import { digest } from '../helpers/channel.ts';
import { ARCHIVE, bytes, type FetchScene, makeFetchScene } from './fetch-scene.ts';

let directory: FetchScene['directory'];
let pkgs: FetchScene['pkgs'];
let server: FetchScene['server'];
let record: FetchScene['record'];
let fetchAll: FetchScene['fetchAll'];
let slot: FetchScene['slot'];

beforeEach(async () => {
  ({ directory, pkgs, server, record, fetchAll, slot } = await makeFetchScene());
});

/** As extraction leaves it. */
async function extracted(at: string, fields: object): Promise<void> {
  await mkdir(path.join(at, 'info'), { recursive: true });
  await writeFile(path.join(at, 'info', 'index.json'), '{}');
  await writeFile(path.join(at, 'info', 'repodata_record.json'), JSON.stringify(fields));
}

describe('the course of downloads', () => {
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
