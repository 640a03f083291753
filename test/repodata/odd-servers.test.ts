import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { encodeBzip2 } from '../../src/archive/bzip2-encode.ts';
import { createHttpClient } from '../../src/io/http.ts';
import { channelAt, raw, writeChannel } from '../helpers/channel.ts';
import { startServer } from '../helpers/server.ts';
import { CLOSURE, files, LINUX, NOARCH, useServedChannel } from './served-channel.ts';

const world = useServedChannel();

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
    await world.load({}, { useZst: false });
    const before = await readdir(world.cache);
    const old = await Promise.all(before.map((name) => readFile(path.join(world.cache, name))));
    await writeChannel(world.served('ch'), { 'linux-64': [...LINUX, raw('new 1 0')], noarch: NOARCH });
    world.time += 10_000;
    world.server.failAlways(plain, fault);
    expect(files(await world.load({}, { useZst: false, localRepodataTtl: 0 }))).toEqual(CLOSURE);
    expect(world.warnings()).toEqual(['stale-repodata']);
    const data = before.findIndex((name) => /^[0-9a-f]{8}\.json$/.test(name));
    expect(await readFile(path.join(world.cache, before[data] ?? ''))).toEqual(old[data]);
    world.server.reset();
    expect(files(await world.load({ names: ['new'] }, { useZst: false, localRepodataTtl: 0 }))).toEqual([
      'new-1-0.conda',
    ]);
    await rm(world.cache, { recursive: true });
    world.server.failAlways(plain, fault);
    await expect(world.load({}, { useZst: false })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:HTTP_FAILED|REPODATA_CORRUPT)$/),
    });
  });

  test('and is not there is given up within seconds, with one warning', async () => {
    const gone = await startServer();
    await gone.close();
    let retries = 0;
    const patient = createHttpClient({ onRetry: () => (retries += 1) });
    const started = performance.now();
    const asked = world.load({ channels: [channelAt(`${gone.url}/ch`)] }, { http: patient, useShards: true });
    await expect(asked).rejects.toMatchObject({ code: 'HTTP_FAILED' });
    expect(performance.now() - started).toBeLessThan(3000);
    expect([retries, world.warnings()]).toEqual([1, []]);
    await patient.close();
  });

  test('is asked again when it says when', async () => {
    const later = { 'retry-after': '0' };
    world.server.fail(plain, { kind: 'status', status: 429, headers: later });
    world.server.fail('/ch/noarch/repodata.json', { kind: 'status', status: 503, headers: later });
    expect(files(await world.load({}, { useZst: false }))).toEqual(CLOSURE);
    expect(world.server.requests.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 429, 503,
    ]);
  });
});

describe('an index that is packed with bzip2 alone', () => {
  const pack = (text: string): Buffer => Buffer.concat([...encodeBzip2([Buffer.from(text)])]);

  async function leaveBzip2(): Promise<void> {
    for (const subdir of ['linux-64', 'noarch']) {
      const text = await readFile(world.served('ch', subdir, 'repodata.json'), 'utf8');
      await rm(world.served('ch', subdir), { recursive: true });
      world.server.put(`/ch/${subdir}/repodata.json.bz2`, pack(text));
    }
  }

  test('is read, and asked for with its validator', async () => {
    await leaveBzip2();
    expect(files(await world.load())).toEqual(CLOSURE);
    world.server.reset();
    world.time += 10_000;
    expect(files(await world.load())).toEqual(CLOSURE);
    const last = world.server.requests.filter(({ path: at }) => at.endsWith('.bz2'));
    expect(last.map(({ status }) => status)).toEqual([304, 304]);
  });

  test('is an error when it is damaged', async () => {
    await leaveBzip2();
    world.server.put('/ch/linux-64/repodata.json.bz2', pack('{"packages": {}}').subarray(0, 30));
    await expect(world.load()).rejects.toMatchObject({ code: 'REPODATA_CORRUPT' });
  });
});
