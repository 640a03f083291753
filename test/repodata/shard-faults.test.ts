import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { encode } from '@msgpack/msgpack';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import { compressZstdSync } from '../helpers/zstd.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import { loadRepodata, type LoadRepodataOptions } from '../../src/repodata/index.ts';
import { channelAt, digest, raw, writeChannel, writeShards } from '../helpers/channel.ts';
import type { Fault } from '../helpers/answer.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const LINUX = [
  raw('app 1 0', { depends: ['lib', 'text'] }),
  raw('lib 1 0', { depends: ['text'], license: 'x'.repeat(500) }),
  raw('text 1 0'),
];

let directory: string;
let served: string;
let cache: string;
let server: TestServer;
let http: HttpClient;
let events: ProgressEvent[];
let hashes: ReadonlyMap<string, string>;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tconda-shard-faults-'));
  served = path.join(directory, 'served', 'ch');
  cache = path.join(directory, 'cache');
  server = await startServer(path.join(directory, 'served'));
  http = createHttpClient({ backoffFactor: 0.001, readTimeout: 0.3, maxRetries: 1 });
  events = [];
  hashes = await writeShards(path.join(served, 'linux-64'), LINUX);
  await writeShards(path.join(served, 'noarch'), [raw('pure 1 0', { subdir: 'noarch' })]);
});
afterEach(async () => {
  await http.close();
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

async function load(options: Partial<LoadRepodataOptions> = {}, names = ['app']): Promise<readonly string[]> {
  const { subdirs } = await loadRepodata(
    { channels: [channelAt(`${server.url}/ch`)], subdirs: ['linux-64', 'noarch'], names },
    { http, cacheDirs: [cache], now: () => 1e12, report: (event) => events.push(event), ...options },
  );
  return subdirs
    .flatMap((subdir) => (subdir.kind === 'found' ? subdir.records.map(({ fn }) => fn) : []))
    .toSorted();
}

/** What is in the cache, and nothing else. */
async function loadOffline(): Promise<readonly string[]> {
  const offline = createHttpClient({ offline: true });
  try {
    return await load({ http: offline, offline: true });
  } finally {
    await offline.close();
  }
}

const FILES = ['app-1-0.conda', 'lib-1-0.conda', 'text-1-0.conda'];
const INDEX = '/ch/linux-64/repodata_shards.msgpack.zst';
const shardOf = (name: string) => `/ch/linux-64/shards/${hashes.get(name) ?? ''}.msgpack.zst`;
const warnings = () => events.flatMap((event) => (event.kind === 'warning' ? [event.code] : []));
const leftovers = async () => (await readdir(cache)).filter((name) => /tmp|lock/.test(name));

const later = { 'retry-after': '0' };
const FAULTS: readonly (readonly [string, Fault])[] = [
  ['stalls', { kind: 'stall', after: 30 }],
  ['stalls before the first byte', { kind: 'stall', after: 0 }],
  ['says 429', { kind: 'status', status: 429, headers: later }],
  ['says 503', { kind: 'status', status: 503, headers: later }],
  ['ends in the middle', { kind: 'cut', after: 30 }],
  ['ends before it begins', { kind: 'refuse' }],
  ['sends another file', { kind: 'body', body: 'another file' }],
];
const LIES: readonly (readonly [string, Fault])[] = [
  ['announces more than it sends', { kind: 'length', length: 100_000 }],
  ['announces less than it sends', { kind: 'length', length: 20 }],
];

describe('a shard that', () => {
  test.each(FAULTS)('%s once is had at the second time', async (_, fault) => {
    server.fail(shardOf('lib'), fault);
    expect(await load()).toEqual(FILES);
    const asked = server.paths().filter((at) => at === shardOf('lib'));
    expect(asked.length).toBe(2);
    expect(warnings()).toEqual([]);
    expect(await loadOffline()).toEqual(FILES);
    expect(await leftovers()).toEqual([]);
  });

  test.each([...FAULTS, ...LIES, ['redirects in a circle', { kind: 'redirect', to: '/ch/circle' }]] as const)(
    '%s for good is an error, and nothing of it is kept',
    async (_, fault) => {
      expect(await load({}, ['text'])).toEqual(['text-1-0.conda']);
      server.failAlways(shardOf('lib'), fault);
      server.failAlways('/ch/circle', { kind: 'redirect', to: shardOf('lib') });
      await expect(load()).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:HTTP_FAILED|REPODATA_CORRUPT)$/),
        message: expect.stringContaining(server.url),
      });
      server.reset();
      events = [];
      // What is there is of use, and what was damaged is not there.
      expect(await loadOffline()).toEqual(['app-1-0.conda', 'text-1-0.conda']);
      expect(warnings()).toEqual(['no-cached-repodata']);
      expect(await load()).toEqual(FILES);
      expect(server.paths().filter((at) => at.includes('/shards/'))).toEqual([shardOf('lib')]);
      expect(await leftovers()).toEqual([]);
    },
  );

  test('is gone on with where it was cut off', async () => {
    server.fail(shardOf('lib'), { kind: 'cut', after: 30 });
    expect(await load()).toEqual(FILES);
    const [, second] = server.requests.filter(({ path: at }) => at === shardOf('lib'));
    expect([second?.status, second?.headers.range]).toEqual([206, 'bytes=30-']);
    expect(second?.headers['if-range']).toMatch(/^"/);
  });

  test('says when to come back is waited for', async () => {
    const soon = { 'retry-after': '1' };
    server.fail(shardOf('lib'), { kind: 'status', status: 429, headers: soon });
    const started = performance.now();
    expect(await load()).toEqual(FILES);
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  test('is a bomb by the will of its channel does not fill the memory', async () => {
    const bomb = compressZstdSync(encode({ 'packages.conda': {}, x: Buffer.alloc(256 * 1024 * 1024) }));
    const hash = digest('sha256', bomb);
    await writeFile(path.join(served, 'linux-64/shards', `${hash}.msgpack.zst`), bomb);
    const index = encode({
      version: 1,
      info: { shards_base_url: './shards/' },
      shards: { app: Buffer.from(hash, 'hex') },
    });
    await writeFile(path.join(served, 'linux-64/repodata_shards.msgpack.zst'), compressZstdSync(index));
    const before = process.memoryUsage().rss;
    await expect(load()).rejects.toMatchObject({ code: 'REPODATA_CORRUPT' });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });
});

describe('an index of shards that', () => {
  test.each(FAULTS.filter(([, { kind }]) => kind !== 'body'))(
    '%s once is had at the second time',
    async (_, fault) => {
      server.fail(INDEX, fault);
      expect(await load()).toEqual(FILES);
      expect(warnings()).toEqual([]);
      expect(await loadOffline()).toEqual(FILES);
      expect(await leftovers()).toEqual([]);
    },
  );

  const FOR_GOOD = [
    ...FAULTS.slice(1),
    ...LIES,
    ['redirects in a circle', { kind: 'redirect', to: INDEX }],
  ] as const;

  test.each(FOR_GOOD)('%s for good makes way for what is cached', async (_, fault) => {
    expect(await load()).toEqual(FILES);
    const [data = ''] = (await readdir(cache)).filter((name) => name.endsWith('.msgpack.zst'));
    const before = await readFile(path.join(cache, data));
    await writeShards(path.join(served, 'linux-64'), [...LINUX, raw('app 2 0')]);
    server.failAlways(INDEX, fault);
    expect(await load({ localRepodataTtl: 0 })).toEqual(FILES);
    expect(warnings()).toEqual(['stale-repodata']);
    expect(await readFile(path.join(cache, data))).toEqual(before);
    server.reset();
    expect(await load({ localRepodataTtl: 0 })).toEqual([
      'app-1-0.conda',
      'app-2-0.conda',
      ...FILES.slice(1),
    ]);
    expect(await leftovers()).toEqual([]);
  });

  test.each(FOR_GOOD)('%s for good is no empty subdir where there is no other index', async (_, fault) => {
    server.failAlways(INDEX, fault);
    await expect(load()).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:HTTP_FAILED|REPODATA_CORRUPT)$/),
      message: expect.stringContaining(INDEX),
    });
    await writeChannel(served, { 'linux-64': LINUX, noarch: [] });
    expect(await load({ localRepodataTtl: 0 })).toEqual(FILES);
  });

  test('is a bomb does not fill the memory, and another form is read', async () => {
    await mkdir(served, { recursive: true });
    const bomb = compressZstdSync(Buffer.alloc(512 * 1024 * 1024));
    await writeFile(path.join(served, 'linux-64/repodata_shards.msgpack.zst'), bomb);
    await writeChannel(served, { 'linux-64': LINUX });
    const before = process.memoryUsage().rss;
    expect(await load()).toEqual(FILES);
    expect(warnings()).toEqual(['shards-unusable']);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  });
});
