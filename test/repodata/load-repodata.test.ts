import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { encodeBzip2 } from '../../src/archive/bzip2-encode.ts';
import { channelCredentials, createCredentials } from '../../src/io/auth.ts';
import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import { compressZstdSync } from '../helpers/zstd.ts';
import { Secret } from '../../src/model/secret.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import type { Repodata } from '../../src/model/repodata.ts';
import { loadRepodata, type LoadRepodataOptions, type RepodataQuery } from '../../src/repodata/index.ts';
import { channelAt, raw, repodataText, writeChannel } from '../helpers/channel.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const LINUX = [
  raw('python 3.12.1 h_0', { depends: ['zlib >=1.2', '__glibc >=2.17'] }),
  raw('numpy 1.26 py312_0', { depends: ['python >=3.12,<3.13', 'blas[version=">=1"]'] }),
  raw('zlib 1.3 h_0'),
  raw('zlib 1.3 h_0', {}, '.tar.bz2'),
  raw('unrelated 1 0'),
];
const NOARCH = [
  raw('pip 24 pyh_0', { depends: ['python'], noarch: 'python', subdir: 'noarch' }),
  raw('blas 2 0', { noarch: true }),
];

let directory: string;
let cache: string;
let server: TestServer;
let http: HttpClient;
let events: ProgressEvent[];
let time: number;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tconda-repodata-'));
  cache = path.join(directory, 'pkgs', 'cache');
  server = await startServer(path.join(directory, 'served'));
  http = createHttpClient({ backoffFactor: 0.001, readTimeout: 0.5, maxRetries: 1 });
  events = [];
  time = 1_700_000_000_000;
  await writeChannel(path.join(directory, 'served', 'ch'), { 'linux-64': LINUX, noarch: NOARCH });
});
afterEach(async () => {
  await http.close();
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

function load(
  query: Partial<RepodataQuery> = {},
  options: Partial<LoadRepodataOptions> = {},
): Promise<Repodata> {
  return loadRepodata(
    {
      channels: [channelAt(`${server.url}/ch`)],
      subdirs: ['linux-64', 'noarch'],
      names: ['numpy'],
      ...query,
    },
    {
      http,
      cacheDirs: [cache],
      now: () => time,
      useShards: false,
      report: (event) => events.push(event),
      ...options,
    },
  );
}

function records(repodata: Repodata) {
  return repodata.subdirs.flatMap((subdir) => (subdir.kind === 'found' ? subdir.records : []));
}
const files = (repodata: Repodata) =>
  records(repodata)
    .map(({ fn }) => fn)
    .toSorted();
const warnings = () => events.flatMap((event) => (event.kind === 'warning' ? [event.code] : []));
const served = (...parts: string[]) => path.join(directory, 'served', ...parts);

const CLOSURE = [
  'blas-2-0.conda',
  'numpy-1.26-py312_0.conda',
  'pip-24-pyh_0.conda',
  'python-3.12.1-h_0.conda',
  'zlib-1.3-h_0.conda',
];

describe('loadRepodata', () => {
  test.each(['http', 'file'])('gives all that a name leads to, over %s', async (scheme) => {
    const base = scheme === 'http' ? `${server.url}/ch` : `file://${served('ch')}`;
    const repodata = await load({ channels: [channelAt(base)] });
    expect(files(repodata)).toEqual(CLOSURE);
    const [python] = records(repodata).filter(({ name }) => name === 'python');
    expect(python).toEqual({
      name: 'python',
      version: '3.12.1',
      build: 'h_0',
      build_number: 0,
      subdir: 'linux-64',
      depends: ['zlib >=1.2', '__glibc >=2.17', 'pip'],
      constrains: [],
      fn: 'python-3.12.1-h_0.conda',
      url: `${base}/linux-64/python-3.12.1-h_0.conda`,
      channel: base,
      schannel: base,
      sha256: python?.sha256,
      md5: python?.md5,
      size: 23,
    });
    const [linux] = repodata.subdirs;
    expect(linux?.kind === 'found' && linux.names()).toContain('unrelated');
    expect(records(repodata).find(({ name }) => name === 'blas')?.noarch).toBe('generic');
  });

  test('keeps to the names when no closure is wanted, and knows patterns', async () => {
    expect(files(await load({ closure: false }))).toEqual(['numpy-1.26-py312_0.conda']);
    expect(files(await load({ closure: false, names: [], patterns: ['*l*'] }))).toEqual([
      'blas-2-0.conda',
      'unrelated-1-0.conda',
      'zlib-1.3-h_0.conda',
    ]);
  });

  test('leaves out what can not matter, and what only that needs', async () => {
    const isRelevant = ({ name }: { name: string }) => name !== 'python';
    expect(files(await load({ isRelevant }))).toEqual(['blas-2-0.conda', 'numpy-1.26-py312_0.conda']);
  });

  test('prefers .conda and remembers its twin; or has no .conda at all', async () => {
    const [zlib] = records(await load({ names: ['zlib'] }));
    expect(zlib).toMatchObject({ fn: 'zlib-1.3-h_0.conda', legacy_bz2_size: 'zlib-1.3-h_0.tar.bz2'.length });
    expect(files(await load({ names: ['zlib'] }, { useOnlyTarBz2: true }))).toEqual(['zlib-1.3-h_0.tar.bz2']);
  });

  test('leaves pip alone when told', async () => {
    expect(files(await load({ names: ['python'] }, { addPipAsPythonDependency: false }))).toEqual([
      'python-3.12.1-h_0.conda',
      'zlib-1.3-h_0.conda',
    ]);
  });

  test('follows base_url, relative and absolute', async () => {
    for (const [base, expected] of [
      ['https://elsewhere.example/x', 'https://elsewhere.example/x/'],
      ['../files/', `${server.url}/ch/files/`],
    ]) {
      await writeFile(
        served('ch', 'linux-64', 'repodata.json'),
        repodataText(LINUX, { info: { subdir: 'linux-64', base_url: base }, repodata_version: 2 }),
      );
      const [zlib] = records(await load({ names: ['zlib'] }, { localRepodataTtl: 0 }));
      expect(zlib?.url).toBe(`${expected}zlib-1.3-h_0.conda`);
      expect(zlib?.channel).toBe(`${server.url}/ch`);
      time += 1000;
    }
    await writeFile(
      served('ch', 'linux-64', 'repodata.json'),
      repodataText(LINUX, { info: { base_url: 'file:///etc' } }),
    );
    await expect(load({}, { localRepodataTtl: 0 })).rejects.toMatchObject({ code: 'REPODATA_CORRUPT' });
  });

  test('refuses a version it does not know', async () => {
    await writeFile(served('ch', 'linux-64', 'repodata.json'), '{"repodata_version": 3, "packages": {}}');
    await expect(load()).rejects.toThrow('has version 3');
  });

  test('leaves out records that can not be used, and says so', async () => {
    await writeFile(
      served('ch', 'linux-64', 'repodata.json'),
      repodataText([
        ...LINUX,
        raw('numpy 1.27 a', { name: '../../evil' }),
        raw('numpy 1.27 b', { version: '1/../..' }),
        raw('numpy 1.27 c', { sha256: 'abc' }),
        raw('numpy 1.27 d', { record_version: 2 }),
        raw('numpy 1.27 e', { depends: 'python' }),
        raw('numpy 1.27 f', { name: '__glibc' }),
      ]),
    );
    expect(files(await load())).toEqual(CLOSURE);
    expect(warnings()).toEqual(['unusable-record']);
  });
});

describe('a cached index', () => {
  const zst = (records = LINUX) => compressZstdSync(Buffer.from(repodataText(records)));

  test('is asked for no more while it is fresh, then checked, then replaced', async () => {
    await load({}, { localRepodataTtl: 60 });
    expect(server.paths().length).toBe(4);
    server.reset();
    time += 59_000;
    expect(files(await load({}, { localRepodataTtl: 60 }))).toEqual(CLOSURE);
    expect(server.requests).toEqual([]);
    time += 2000;
    await load({}, { localRepodataTtl: 60 });
    expect(server.requests.map(({ path: at, status }) => `${at} ${status}`).toSorted()).toEqual([
      '/ch/linux-64/repodata.json 304',
      '/ch/noarch/repodata.json 304',
    ]);
    server.reset();
    await load({}, { localRepodataTtl: 60 });
    expect(server.requests).toEqual([]);
    await writeFile(served('ch', 'linux-64', 'repodata.json'), repodataText([...LINUX, raw('numpy 2 0')]));
    time += 61_000;
    expect(files(await load({}, { localRepodataTtl: 60 }))).toContain('numpy-2-0.conda');
  });

  test('is good for as long as the server said', async () => {
    await server.close();
    server = await startServer(path.join(directory, 'served'), {
      headers: { 'cache-control': 'public, max-age=30' },
    });
    await load();
    server.reset();
    time += 29_000;
    await load();
    expect(server.requests).toEqual([]);
    time += 2000;
    await load();
    expect(server.requests.length).toBe(2);
  });

  test('is asked for once more when a typed name is not in it', async () => {
    const longAgo = { localRepodataTtl: 1000 };
    await load({}, longAgo);
    server.reset();
    await load({ names: ['new'] }, longAgo);
    expect(server.requests).toEqual([]);
    await load({ names: ['new'], typed: ['new'] }, { ...longAgo, useIndexCache: true });
    await load({ names: ['new'], typed: ['new'] }, { ...longAgo, offline: true });
    await load({ names: ['zlib'], typed: ['zlib'] }, longAgo);
    expect(server.requests).toEqual([]);
    expect(files(await load({ names: ['new'], typed: ['new'] }, longAgo))).toEqual([]);
    expect(server.requests.filter(({ status }) => status !== 404).map(({ status }) => status)).toEqual([
      304, 304,
    ]);
    await writeChannel(served('ch'), { 'linux-64': [...LINUX, raw('new 1 0')], noarch: NOARCH });
    expect(files(await load({ names: ['new'], typed: ['new'] }, longAgo))).toEqual(['new-1-0.conda']);
  });

  test('is kept as conda keeps it', async () => {
    await writeFile(served('ch', 'linux-64', 'repodata.json.zst'), zst());
    await load();
    expect((await readdir(cache)).map((name) => name.replace(/^[0-9a-f]{8}/, 'HASH')).toSorted()).toEqual([
      'HASH.info.json',
      'HASH.info.json',
      'HASH.json',
      'HASH.json',
      'HASH.tconda-index',
      'HASH.tconda-index',
    ]);
    const states = await Promise.all(
      (await readdir(cache))
        .filter((name) => name.endsWith('.info.json'))
        .map(
          async (name) =>
            JSON.parse(await readFile(path.join(cache, name), 'utf8')) as Record<string, unknown>,
        ),
    );
    const state = states.find(({ url }) => String(url).endsWith('linux-64/repodata.json.zst'));
    expect(state).toMatchObject({
      has_zst: { value: true, last_checked: '2023-11-14T22:13:20.000Z' },
      size: repodataText(LINUX).length,
      cache_control: '',
      mod: expect.stringContaining('GMT'),
      etag: expect.stringMatching(/^"/),
    });
    expect(state?.['refresh_ns']).toBe(time * 1e6);
  });

  test('asks for .zst once and not again for a week when there is none', async () => {
    await load();
    expect(server.paths().filter((at) => at.endsWith('.zst')).length).toBe(2);
    server.reset();
    time += 6 * 24 * 3600 * 1000;
    await load();
    expect(server.paths().filter((at) => at.endsWith('.zst'))).toEqual([]);
    time += 8 * 24 * 3600 * 1000;
    await load();
    expect(server.paths().filter((at) => at.endsWith('.zst')).length).toBe(2);
  });

  test('does not send the validator of one form to the other', async () => {
    await writeFile(served('ch', 'linux-64', 'repodata.json.zst'), zst());
    await load();
    await rm(served('ch', 'linux-64', 'repodata.json.zst'));
    server.reset();
    expect(files(await load())).toEqual(CLOSURE);
    const plain = server.requests.find(({ path: at }) => at === '/ch/linux-64/repodata.json');
    expect([plain?.status, plain?.headers['if-none-match']]).toEqual([200, undefined]);
  });

  test('falls back from damaged .zst to .json', async () => {
    await writeFile(served('ch', 'linux-64', 'repodata.json.zst'), zst().subarray(0, 100));
    expect(files(await load())).toEqual(CLOSURE);
  });

  test('stays when a new one is damaged, cut off or not to be had', async () => {
    await load();
    const file = served('ch', 'linux-64', 'repodata.json');
    const before = await readFile(file);
    for (const content of ['<html>login</html>', repodataText(LINUX).slice(0, -5)]) {
      await writeFile(file, content);
      time += 1000;
      expect(files(await load())).toEqual(CLOSURE);
    }
    expect(warnings()).toEqual(['stale-repodata', 'stale-repodata']);
    await writeFile(file, before);
    await utimes(file, 1, 1);
    server.failAlways(/linux-64/, { kind: 'status', status: 503 });
    expect(files(await load())).toEqual(CLOSURE);
    server.reset();
    server.failAlways(/linux-64/, { kind: 'cut', after: 10 });
    expect(files(await load())).toEqual(CLOSURE);
    expect((await readdir(cache)).filter((name) => /tmp|lock/.test(name))).toEqual([]);
  });

  test('is an error when it is damaged and there is no other', async () => {
    await writeFile(served('ch', 'linux-64', 'repodata.json'), '<html>login</html>');
    await expect(load()).rejects.toMatchObject({
      code: 'REPODATA_CORRUPT',
      message: `The index ${server.url}/ch/linux-64/repodata.json is damaged: an object should be at byte 0, not "<html>login</html>"`,
    });
    expect(
      (await readdir(cache)).filter((name) => name.endsWith('.json') && !name.includes('info')).length,
    ).toBe(1);
  });

  test('is fetched anew when someone damaged it', async () => {
    await load({}, { localRepodataTtl: 600 });
    for (const name of await readdir(cache)) {
      if (/^[0-9a-f]+\.json$/.test(name)) {
        const { atime, mtime } = await stat(path.join(cache, name));
        await writeFile(path.join(cache, name), 'x');
        await utimes(path.join(cache, name), atime, mtime);
      }
    }
    expect(files(await load({}, { localRepodataTtl: 600 }))).toEqual(CLOSURE);
  });

  test('serves offline however old it is, and says what is not there', async () => {
    await load();
    time += 1e10;
    server.reset();
    const offline = createHttpClient({ offline: true });
    expect(files(await load({}, { offline: true, http: offline }))).toEqual(CLOSURE);
    expect(server.requests).toEqual([]);
    const other = await load(
      { channels: [channelAt(`${server.url}/other`)] },
      { offline: true, http: offline },
    );
    expect(other.subdirs.map(({ kind }) => kind)).toEqual(['missing', 'missing']);
    expect(warnings()).toEqual(['no-cached-repodata', 'no-cached-repodata']);
    expect(files(await load({}, { useIndexCache: true }))).toEqual(CLOSURE);
    expect(server.requests).toEqual([]);
  });

  test('is made once by processes that want it together', async () => {
    await Promise.all(Array.from({ length: 6 }, () => load({}, { localRepodataTtl: 600 })));
    const bodies = server.requests.filter(
      ({ path: at, status }) => at.endsWith('repodata.json') && status === 200,
    );
    expect(bodies.length).toBe(2);
  });

  test('of a channel with a login is not that of the channel without', async () => {
    const open = channelAt(`${server.url}/ch`);
    await load({ channels: [open] });
    const mine = { ...open, credentials: { token: new Secret('tk-1') } };
    await load({ channels: [mine] });
    const entries = channelCredentials([mine]);
    const known = createHttpClient({ credentials: createCredentials({ entries }) });
    await expect(load({ channels: [mine], names: ['x'] }, { http: known })).rejects.toMatchObject({
      message: `HTTP 404 Not Found for channel ${server.url}/ch <${server.url}/ch>`,
    });
    await known.close();
    expect(server.paths().at(-1)).toContain('/t/tk-1/ch/');
    for (const name of await readdir(cache)) {
      expect(name + (await readFile(path.join(cache, name), 'latin1'))).not.toContain('tk-1');
    }
    expect((await readdir(cache)).filter((name) => name.endsWith('.info.json')).length).toBe(4);
  });

  test('is not needed where nothing can be written', async () => {
    await mkdir(path.join(directory, 'pkgs'));
    await writeFile(cache, 'a file');
    expect(files(await load())).toEqual(CLOSURE);
  });
});

describe('a server that does what it should not', () => {
  const plain = '/ch/linux-64/repodata.json';
  const packed = { 'content-encoding': 'gzip' };

  test.each([
    ['redirects in a circle', { kind: 'redirect', to: plain }],
    ['says another length', { kind: 'length', length: 10_000_000 }],
    ['stalls', { kind: 'stall', after: 20 }],
    ['sends another file', { kind: 'body', body: 'not an index' }],
    ['says of plain text that it is packed', { kind: 'status', status: 200, headers: packed, body: '{}' }],
  ] as const)('and %s is no harm to what is cached', async (_, fault) => {
    await load({}, { useZst: false });
    const before = await readdir(cache);
    const old = await Promise.all(before.map((name) => readFile(path.join(cache, name))));
    await writeChannel(served('ch'), { 'linux-64': [...LINUX, raw('new 1 0')], noarch: NOARCH });
    time += 10_000;
    server.failAlways(plain, fault);
    expect(files(await load({}, { useZst: false, localRepodataTtl: 0 }))).toEqual(CLOSURE);
    expect(warnings()).toEqual(['stale-repodata']);
    const data = before.findIndex((name) => /^[0-9a-f]{8}\.json$/.test(name));
    expect(await readFile(path.join(cache, before[data] ?? ''))).toEqual(old[data]);
    server.reset();
    expect(files(await load({ names: ['new'] }, { useZst: false, localRepodataTtl: 0 }))).toEqual([
      'new-1-0.conda',
    ]);
    await rm(cache, { recursive: true });
    server.failAlways(plain, fault);
    await expect(load({}, { useZst: false })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:HTTP_FAILED|REPODATA_CORRUPT)$/),
    });
  });

  test('and is not there is given up within seconds, with one warning', async () => {
    const gone = await startServer();
    await gone.close();
    let retries = 0;
    const patient = createHttpClient({ onRetry: () => (retries += 1) });
    const started = performance.now();
    const asked = load({ channels: [channelAt(`${gone.url}/ch`)] }, { http: patient, useShards: true });
    await expect(asked).rejects.toMatchObject({ code: 'HTTP_FAILED' });
    expect(performance.now() - started).toBeLessThan(3000);
    expect([retries, warnings()]).toEqual([1, []]);
    await patient.close();
  });

  test('is asked again when it says when', async () => {
    const later = { 'retry-after': '0' };
    server.fail(plain, { kind: 'status', status: 429, headers: later });
    server.fail('/ch/noarch/repodata.json', { kind: 'status', status: 503, headers: later });
    expect(files(await load({}, { useZst: false }))).toEqual(CLOSURE);
    expect(server.requests.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 429, 503,
    ]);
  });
});

describe('an index that is packed with bzip2 alone', () => {
  const pack = (text: string): Buffer => Buffer.concat([...encodeBzip2([Buffer.from(text)])]);

  async function leaveBzip2(): Promise<void> {
    for (const subdir of ['linux-64', 'noarch']) {
      const text = await readFile(served('ch', subdir, 'repodata.json'), 'utf8');
      await rm(served('ch', subdir), { recursive: true });
      server.put(`/ch/${subdir}/repodata.json.bz2`, pack(text));
    }
  }

  test('is read, and asked for with its validator', async () => {
    await leaveBzip2();
    expect(files(await load())).toEqual(CLOSURE);
    server.reset();
    time += 10_000;
    expect(files(await load())).toEqual(CLOSURE);
    const last = server.requests.filter(({ path: at }) => at.endsWith('.bz2'));
    expect(last.map(({ status }) => status)).toEqual([304, 304]);
  });

  test('is an error when it is damaged', async () => {
    await leaveBzip2();
    server.put('/ch/linux-64/repodata.json.bz2', pack('{"packages": {}}').subarray(0, 30));
    await expect(load()).rejects.toMatchObject({ code: 'REPODATA_CORRUPT' });
  });
});

describe('a subdir', () => {
  test('may be missing, but not all of a channel', async () => {
    await rm(served('ch', 'noarch'), { recursive: true });
    const repodata = await load();
    expect(repodata.subdirs.map(({ kind, subdir }) => `${subdir} ${kind}`)).toEqual([
      'linux-64 found',
      'noarch missing',
    ]);
    const typo = channelAt(`${server.url}/typo`);
    await expect(load({ channels: [channelAt(`${server.url}/ch`), typo] })).rejects.toMatchObject({
      code: 'CHANNEL_UNAVAILABLE',
      message: `HTTP 404 Not Found for channel ${server.url}/typo <${server.url}/typo>`,
    });
    await expect(load({ channels: [channelAt(`file://${directory}/none`)] })).rejects.toMatchObject({
      code: 'CHANNEL_UNAVAILABLE',
    });
  });

  test('that was missing is found as soon as it is there', async () => {
    await rm(served('ch', 'noarch'), { recursive: true });
    await load();
    await writeChannel(served('ch'), { noarch: NOARCH });
    time += 1000;
    expect(files(await load())).toEqual(CLOSURE);
  });

  test('that wants a login is an error that says so', async () => {
    server.failAlways(/noarch/, { kind: 'status', status: 401 });
    await expect(load()).rejects.toMatchObject({
      code: 'HTTP_FAILED',
      hint: expect.stringContaining('login'),
    });
  });

  test('in brackets is searched alone', async () => {
    const repodata = await load({
      channels: [{ ...channelAt(`${server.url}/ch`), onlySubdirs: ['noarch'] }],
    });
    expect(repodata.subdirs.map(({ subdir }) => subdir)).toEqual(['noarch']);
  });
});
