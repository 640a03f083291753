import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import { type ChannelServer, startChannelServer } from '../../src/serve/index.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

let copies: string;
let remote: TestServer;
let http: HttpClient;
let proxy: ChannelServer;
let now: number;
let warnings: string[];

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const ARCHIVE = '/linux-64/a-1-0.conda';
const INDEX = '/linux-64/repodata.json';

beforeEach(async () => {
  copies = mkdtempSync(path.join(tmpdir(), 'tconda-proxy-'));
  remote = await startServer();
  http = createHttpClient({ backoffFactor: 0, maxRetries: 1 });
  now = 1_700_000_000_000;
  warnings = [];
  remote.put(ARCHIVE, 'archive');
  remote.put(INDEX, '{}');
  proxy = await startChannelServer({
    directory: copies,
    upstream: {
      url: remote.url,
      http,
      now: () => now,
      ttl: 60,
      findExpected: async ([, fn]) =>
        fn === 'a-1-0.conda' ? { sha256: sha256('archive'), size: 7 } : undefined,
      warn: (text) => warnings.push(text),
    },
  });
});
afterEach(async () => {
  await proxy.close();
  await http.close();
  await remote.close();
  rmSync(copies, { recursive: true });
});

async function get(at: string): Promise<readonly [number, string]> {
  const answer = await fetch(`${proxy.url}${at}`);
  return [answer.status, await answer.text()];
}

describe('the proxy of a remote channel', () => {
  test('fetches an archive once, for all who ask', async () => {
    remote.fail(ARCHIVE, { kind: 'delay', ms: 30 });
    const answers = await Promise.all([get(ARCHIVE), get(ARCHIVE), get(ARCHIVE)]);
    expect(answers).toEqual(Array.from({ length: 3 }, () => [200, 'archive']));
    expect(await get(ARCHIVE)).toEqual([200, 'archive']);
    expect(remote.paths()).toEqual([ARCHIVE]);
  });

  test('never gives out an archive that is not the listed one', async () => {
    remote.fail(ARCHIVE, { kind: 'body', body: 'ARCHIVE' });
    expect((await get(ARCHIVE))[0]).toBe(502);
    expect(warnings).toEqual([
      `${ARCHIVE.slice(1)}: the remote channel serves another file than its index says`,
    ]);
    expect(readdirSync(path.join(copies, 'linux-64'))).toEqual([]);
    expect(await get(ARCHIVE)).toEqual([200, 'archive']);
    writeFileSync(path.join(copies, ARCHIVE), 'damaged');
    expect(await get(ARCHIVE)).toEqual([200, 'archive']);
  });

  test('checks shards by their names', async () => {
    const right = `/linux-64/shards/${sha256('shard')}.msgpack.zst`;
    const wrong = `/linux-64/shards/${sha256('other')}.msgpack.zst`;
    remote.put(right, 'shard');
    remote.put(wrong, 'shard');
    expect(await get(right)).toEqual([200, 'shard']);
    expect((await get(wrong))[0]).toBe(502);
  });

  test('keeps an index for a while, then asks whether it has changed', async () => {
    expect(await get(INDEX)).toEqual([200, '{}']);
    now += 30_000;
    expect(await get(INDEX)).toEqual([200, '{}']);
    expect(remote.requests).toHaveLength(1);
    now += 31_000;
    expect(await get(INDEX)).toEqual([200, '{}']);
    expect(remote.requests.map(({ status }) => status)).toEqual([200, 304]);
    remote.put(INDEX, '{"packages":{}}');
    now += 61_000;
    expect(await get(INDEX)).toEqual([200, '{"packages":{}}']);
  });

  test('serves the copy of an index while the remote is down', async () => {
    await get(INDEX);
    now += 61_000;
    remote.failAlways(INDEX, { kind: 'status', status: 503 });
    expect(await get(INDEX)).toEqual([200, '{}']);
    remote.reset();
    remote.failAlways(INDEX, { kind: 'refuse' });
    expect(await get(INDEX)).toEqual([200, '{}']);
    expect(warnings).toHaveLength(1);
  });

  test('passes on that something is not there, or has been taken away', async () => {
    expect((await get('/linux-64/none-1-0.conda'))[0]).toBe(404);
    expect((await get('/osx-64/repodata.json'))[0]).toBe(404);
    await get(INDEX);
    now += 61_000;
    remote.put(INDEX, undefined);
    expect((await get(INDEX))[0]).toBe(404);
    expect((await get('/../x'))[0]).toBe(404);
  });

  test('keeps no part of what breaks on the way', async () => {
    remote.failAlways(ARCHIVE, { kind: 'cut', after: 3 });
    expect((await get(ARCHIVE))[0]).toBe(502);
    expect(readdirSync(path.join(copies, 'linux-64'))).toEqual([]);
  });
});
