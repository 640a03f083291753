import {
  existsSync,
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

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { extractPackages } from '../../src/extract/index.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import type { CachedArchive } from '../../src/model/package-files.ts';
import { makePackage } from '../helpers/make-package.ts';
import { pkg } from '../helpers/pkg.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'tconda-extract-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

async function cached(text: string, content = 'content'): Promise<CachedArchive> {
  const created = await makePackage(cache, text, { files: { 'lib/file.txt': content } });
  const { sha256, md5, size } = created;
  const record = pkg(text, { subdir: 'noarch', depends: ['from-the-channel'], sha256, md5, size });
  return {
    record,
    archive: created.file,
    directory: created.file.replace(/\.conda$/, ''),
    isExtracted: false,
  };
}

async function* arriving(...archives: readonly CachedArchive[]): AsyncGenerator<CachedArchive> {
  yield* archives;
}

const silent = { cores: 2, report: () => undefined };

describe('extractPackages', () => {
  test('extracts what arrives, in its order, with its record', async () => {
    const events: ProgressEvent[] = [];
    const archives = [await cached('b 1 0'), await cached('a 1 0')];
    const packages = await extractPackages(arriving(...archives), {
      cores: 2,
      report: (event) => events.push(event),
    });
    expect(packages).toEqual(
      archives.map(({ record, archive, directory }) => ({ record, archive, directory })),
    );
    expect(events.map((event) => event.kind)).toEqual(['extracted', 'extracted']);
    expect(readFileSync(path.join(cache, 'a-1-0/lib/file.txt'), 'utf8')).toBe('content');

    const record: unknown = JSON.parse(
      readFileSync(path.join(cache, 'a-1-0/info/repodata_record.json'), 'utf8'),
    );
    expect(record).toMatchObject({
      name: 'a',
      version: '1',
      noarch: 'generic',
      depends: ['from-the-channel'],
      fn: 'a-1-0.conda',
      url: 'https://conda.example/main/noarch/a-1-0.conda',
      channel: 'https://conda.example/main',
      sha256: archives[1]?.record.sha256,
    });
    expect(record).not.toHaveProperty('schannel');
    expect(readdirSync(cache).toSorted()).toEqual(['a-1-0', 'a-1-0.conda', 'b-1-0', 'b-1-0.conda']);
  });

  test('takes no more out of an archive than its record allows', async () => {
    const one = await cached('a 1 0', 'x'.repeat(100_000));
    const limits = { unsuspicious: 50_000, ratio: 10 };
    const small = { ...one, record: { ...one.record, size: 100 } };
    await expect(extractPackages(arriving(small), { ...silent, limits })).rejects.toMatchObject({
      code: 'UNSAFE_ARCHIVE',
    });
    expect(readdirSync(cache)).toEqual(['a-1-0.conda']);
    await extractPackages(arriving(one), { ...silent, limits: { unsuspicious: 50_000 } });
    expect(readdirSync(cache).toSorted()).toEqual(['a-1-0', 'a-1-0.conda']);
  });

  test('lets through what lies open already', async () => {
    const open = { ...(await cached('a 1 0')), archive: undefined, isExtracted: true };
    const events: ProgressEvent[] = [];
    const packages = await extractPackages(arriving(open), {
      cores: 1,
      report: (event) => events.push(event),
    });
    expect(packages).toHaveLength(1);
    expect(events).toMatchObject([{ kind: 'extracted', fromCache: true }]);
    expect(existsSync(open.directory)).toBe(false);
  });

  test('gives the package the permissions of its surroundings', async () => {
    await extractPackages(arriving(await cached('a 1 0')), silent);
    const ordinary = path.join(cache, 'ordinary');
    mkdirSync(ordinary);
    expect(statSync(path.join(cache, 'a-1-0')).mode).toBe(statSync(ordinary).mode);
  });

  test('replaces what an interrupted extraction left', async () => {
    const archive = await cached('a 1 0');
    mkdirSync(path.join(archive.directory, 'info'), { recursive: true });
    writeFileSync(path.join(archive.directory, 'info/index.json'), '{');
    writeFileSync(path.join(archive.directory, 'stray'), '');
    await extractPackages(arriving(archive), silent);
    expect(readdirSync(archive.directory).toSorted()).toEqual(['info', 'lib']);
  });

  test('leaves the package of another process that was faster', async () => {
    const archive = await cached('a 1 0');
    await extractPackages(arriving(archive), silent);
    const before = statSync(archive.directory).ino;
    await extractPackages(arriving(archive), silent);
    expect(statSync(archive.directory).ino).toBe(before);
    expect(readdirSync(cache).toSorted()).toEqual(['a-1-0', 'a-1-0.conda']);
  });

  test.each([
    ['is another package', 'b 1 0', 'INVALID_PACKAGE_INFO'],
    ['is another version', 'a 2 0', 'INVALID_PACKAGE_INFO'],
  ])('refuses an archive that %s', async (_, text, code) => {
    const right = await cached('a 1 0');
    const other = await cached(text);
    const attempt = extractPackages(arriving({ ...right, archive: other.archive }), silent);
    await expect(attempt).rejects.toMatchObject({ code });
    expect(existsSync(right.directory)).toBe(false);
  });

  test('stops at the first failure, without a trace', async () => {
    const bad = await cached('bad 1 0');
    writeFileSync(bad.archive ?? '', 'damaged');
    const endless = async function* (): AsyncGenerator<CachedArchive> {
      yield bad;
      await new Promise(() => undefined);
    };
    await expect(extractPackages(endless(), silent)).rejects.toMatchObject({ code: 'INVALID_ARCHIVE' });
    expect(readdirSync(cache)).toEqual(['bad-1-0.conda']);
  });

  test('passes on the failure of what brings the archives', async () => {
    const archive = await cached('a 1 0');
    const failing = async function* (): AsyncGenerator<CachedArchive> {
      yield archive;
      throw new Error('network');
    };
    await expect(extractPackages(failing(), silent)).rejects.toThrow('network');
    expect(readdirSync(cache).filter((name) => name.includes('.extract'))).toEqual([]);
  });

  test('stops when told to', async () => {
    const controller = new AbortController();
    const waiting = async function* (): AsyncGenerator<CachedArchive> {
      setTimeout(() => controller.abort(new Error('enough')), 5);
      yield await new Promise<CachedArchive>(() => undefined);
    };
    await expect(extractPackages(waiting(), { ...silent, signal: controller.signal })).rejects.toThrow(
      'enough',
    );
  });
});
