import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import { compressZstdSync } from '../helpers/zstd.ts';
import { parseShard } from '../../src/repodata/shard-index.ts';
import { loadRepodata, type LoadRepodataOptions } from '../../src/repodata/index.ts';
import { channelAt, raw, repodataText, writeChannel, writeShards } from '../helpers/channel.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const LINUX = [
  raw('python 3.12.1 h_0', { depends: ['zlib >=1.2', '__glibc >=2.17'] }),
  raw('python 3.11.1 h_0', { depends: ['zlib >=1.2', 'old'] }),
  raw('numpy 1.26 py312_0', { depends: ['python >=3.12,<3.13'], timestamp: 1_700_000_000_000 }),
  raw('zlib 1.3 h_0'),
  raw('zlib 1.3 h_0', {}, '.tar.bz2'),
  raw('unrelated 1 0'),
];
const NOARCH = [raw('pip 24 pyh_0', { depends: ['python'], noarch: 'python' }), raw('zlib 0 0')];

let directory: string;
let served: string;
let server: TestServer;
let http: HttpClient;
let events: ProgressEvent[];
let time: number;
let hashes: ReadonlyMap<string, string>;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tconda-shards-'));
  served = path.join(directory, 'served');
  server = await startServer(served);
  http = createHttpClient({ backoffFactor: 0.001, readTimeout: 0.5, maxRetries: 1 });
  events = [];
  time = 1_700_000_000_000;
  hashes = await writeShards(path.join(served, 'ch', 'linux-64'), LINUX);
  await writeShards(path.join(served, 'ch', 'noarch'), NOARCH);
});
afterEach(async () => {
  await http.close();
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

async function load(options: Partial<LoadRepodataOptions> = {}, names = ['numpy']) {
  return loadRepodata(
    { channels: [channelAt(`${server.url}/ch`)], subdirs: ['linux-64', 'noarch'], names },
    {
      http,
      cacheDirs: [path.join(directory, 'cache')],
      now: () => time,
      report: (event) => events.push(event),
      ...options,
    },
  );
}
const files = (repodata: Awaited<ReturnType<typeof load>>) =>
  repodata.subdirs
    .flatMap((subdir) => (subdir.kind === 'found' ? subdir.records.map(({ fn }) => fn) : []))
    .toSorted();
const shardOf = (name: string) => `/ch/linux-64/shards/${hashes.get(name) ?? ''}.msgpack.zst`;
const warnings = () => events.flatMap((event) => (event.kind === 'warning' ? [event.code] : []));

const CLOSURE = [
  'numpy-1.26-py312_0.conda',
  'pip-24-pyh_0.conda',
  'python-3.11.1-h_0.conda',
  'python-3.12.1-h_0.conda',
  'zlib-0-0.conda',
  'zlib-1.3-h_0.conda',
];

describe('a sharded index', () => {
  test('gives what the one-file index gives', async () => {
    const sharded = await load();
    expect(files(sharded)).toEqual(CLOSURE);
    await writeChannel(path.join(served, 'ch'), { 'linux-64': LINUX, noarch: NOARCH });
    const plain = await load({ useShards: false });
    const flat = (repodata: typeof plain) =>
      repodata.subdirs.map((subdir) =>
        subdir.kind === 'found' ? { ...subdir, names: subdir.names().toSorted() } : subdir,
      );
    expect(flat(sharded)).toEqual(flat(plain));
  });

  test('fetches each shard once, and nothing while the index is fresh', async () => {
    await load({ localRepodataTtl: 60 });
    expect(server.requests.every(({ status }) => status === 200)).toBe(true);
    expect(new Set(server.paths()).size).toBe(server.paths().length);
    expect(server.paths()).not.toContain(shardOf('unrelated'));
    server.reset();
    expect(files(await load({ localRepodataTtl: 60 }))).toEqual(CLOSURE);
    expect(server.requests).toEqual([]);
    time += 61_000;
    await load({ localRepodataTtl: 60 });
    expect(server.requests.map(({ status }) => status)).toEqual([304, 304]);
  });

  test('works offline, and says what it lacks', async () => {
    await load({}, ['zlib']);
    const offline = { offline: true, http: createHttpClient({ offline: true }) };
    expect(files(await load(offline, ['zlib', 'unrelated']))).toEqual([
      'zlib-0-0.conda',
      'zlib-1.3-h_0.conda',
    ]);
    expect(events.findLast(({ kind }) => kind === 'warning')).toMatchObject({
      code: 'no-cached-repodata',
      text: expect.stringContaining('unrelated'),
    });
  });

  test.each([
    ['404', { kind: 'status', status: 404 }],
    ['a refusal', { kind: 'status', status: 403 }],
    ['nonsense', { kind: 'body', body: 'nonsense' }],
    ['a cut connection', { kind: 'cut', after: 20 }],
    ['an error', { kind: 'status', status: 500 }],
  ] as const)('makes way for the one-file index on %s', async (_, fault) => {
    await writeChannel(path.join(served, 'ch'), { 'linux-64': LINUX, noarch: NOARCH });
    server.failAlways(/repodata_shards/, fault);
    expect(files(await load())).toEqual(CLOSURE);
  });

  test('is not looked for again for a week when there is none', async () => {
    await writeChannel(path.join(served, 'ch'), { 'linux-64': LINUX, noarch: NOARCH });
    server.failAlways(/repodata_shards/, { kind: 'status', status: 404 });
    const asked = async () => {
      const before = server.requests.length;
      await load();
      return server
        .paths()
        .slice(before)
        .filter((at) => at.includes('shards')).length;
    };
    expect(await asked()).toBe(2);
    time += 6 * 24 * 3600 * 1000;
    expect(await asked()).toBe(0);
    time += 2 * 24 * 3600 * 1000;
    expect(await asked()).toBe(2);
  });

  test('refuses a shard that is another, after one more try', async () => {
    server.fail(shardOf('zlib'), { kind: 'body', body: 'damaged on the way' });
    expect(files(await load())).toEqual(CLOSURE);
    await rm(path.join(directory, 'cache'), { recursive: true });
    server.failAlways(shardOf('zlib'), { kind: 'body', body: 'damaged for good' });
    await expect(load()).rejects.toMatchObject({ code: 'REPODATA_CORRUPT' });
    server.reset();
    expect(files(await load())).toEqual(CLOSURE);
  });

  test('does not trust what lies in the cache', async () => {
    await load();
    const cache = path.join(directory, 'cache');
    const stores = (await readdir(cache)).filter((name) => name.endsWith('.tconda-shards'));
    for (const [index, name] of stores.entries()) {
      const bytes = await readFile(path.join(cache, name));
      if (index === 0) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      await writeFile(path.join(cache, name), index === 0 ? bytes : bytes.subarray(0, -3));
    }
    expect(stores.length).toBe(2);
    server.reset();
    expect(files(await load())).toEqual(CLOSURE);
    expect(server.paths().filter((at) => at.includes('/shards/')).length).toBe(2);
    server.reset();
    expect(files(await load())).toEqual(CLOSURE);
    expect(server.paths().filter((at) => at.includes('/shards/'))).toEqual([]);
  });

  test('is asked for anew when its shards are gone', async () => {
    await load({ localRepodataTtl: 600 }, ['zlib']);
    await rm(path.join(served, 'ch', 'linux-64', 'shards'), { recursive: true });
    time += 1000;
    await writeShards(path.join(served, 'ch', 'linux-64'), [...LINUX, raw('numpy 2 0')]);
    expect(files(await load({ localRepodataTtl: 600 }))).toEqual([...CLOSURE, 'numpy-2-0.conda'].toSorted());
  });

  test('serves a channel on this disk that has no other', async () => {
    const repodata = await loadRepodata(
      { channels: [channelAt(`file://${served}/ch`)], subdirs: ['linux-64', 'noarch'], names: ['numpy'] },
      { http, cacheDirs: [path.join(directory, 'cache')], now: () => time, offline: true },
    );
    expect(files(repodata)).toEqual(CLOSURE);
  });

  test('says what it holds in a form of the future', async () => {
    const revisions = { v3: {}, v4: { message: 'Update\u001b[31m\nplease', n_packages: 7 }, other: {} };
    await writeShards(path.join(served, 'ch', 'linux-64'), LINUX, { repodata_revisions: revisions });
    expect(files(await load())).toEqual(CLOSURE);
    await writeChannel(path.join(served, 'ch'), { noarch: NOARCH });
    const noarch = path.join(served, 'ch', 'noarch', 'repodata.json');
    await writeFile(noarch, repodataText(NOARCH, { info: { repodata_revisions: { v12: null } } }));
    await load({ useShards: false });
    const told = events.flatMap((event) => (event.kind === 'warning' ? [event.text] : []));
    expect(told).toEqual([
      `${server.url}/ch/linux-64: left out 7 packages in a form that this tconda can't read (v4): Update [31m please`,
      `${server.url}/ch/noarch: left out packages in a form that this tconda can't read (v12)`,
    ]);
  });

  test('finds archives and shards where it says they are', async () => {
    const linux = path.join(served, 'ch', 'linux-64');
    await rm(linux, { recursive: true });
    await writeShards(linux, LINUX, {
      base_url: 'https://cdn.example/files/',
      shards_base_url: '../linux-64/shards',
    });
    const repodata = await load({}, ['unrelated']);
    const [first] = repodata.subdirs;
    expect(first?.kind === 'found' && first.records[0]?.url).toBe(
      'https://cdn.example/files/unrelated-1-0.conda',
    );
    expect(warnings()).toEqual([]);
  });
});

test('a damaged shard is an error of its own, whatever byte is wrong', () => {
  const packed = Buffer.from(encode({ 'packages.conda': Object.fromEntries(LINUX), removed: ['x'] }));
  const outcome = (bytes: Buffer): unknown => {
    try {
      return typeof parseShard(bytes, 'https://h.example/shard').length;
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  };
  fc.assert(
    fc.property(fc.nat(packed.length - 1), fc.nat(255), fc.boolean(), (at, byte, inside) => {
      const damaged = inside ? Buffer.from(packed) : compressZstdSync(packed);
      damaged[at % damaged.length] = byte;
      expect(['number', 'REPODATA_CORRUPT']).toContain(outcome(inside ? compressZstdSync(damaged) : damaged));
    }),
    { numRuns: 2000 },
  );
});
