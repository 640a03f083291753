import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createHttpClient, type HttpClient, type HttpResponse } from '../../src/io/http.ts';
import { withMirrors } from '../../src/io/mirrors.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const CHANNEL = 'https://conda.example/forge';
const FILE = '/noarch/repodata.json';

let directory: string;
let stateFile: string;
let servers: readonly [TestServer, TestServer];
let clients: HttpClient[];
let failovers: string[];
let now: number;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'tconda-mirrors-'));
  stateFile = path.join(directory, 'mirrors.json');
  servers = [await startServer(), await startServer()];
  for (const server of servers) server.put(`/c${FILE}`, '0123456789');
  clients = [];
  failovers = [];
  now = 1_700_000_000_000;
});
afterEach(async () => {
  await Promise.all([...clients, ...servers].map((one) => one.close()));
  rmSync(directory, { recursive: true });
});

function open(): HttpClient {
  const base = createHttpClient({ backoffFactor: 0, readTimeout: 0.3 });
  const client = withMirrors(base, {
    mirrors: new Map([[CHANNEL, servers.map(({ url }) => `${url}/c`)]]),
    stateFile,
    now: () => now,
    onFailover: ({ url }) => failovers.push(url),
  });
  clients.push(client);
  return client;
}

async function read({ body }: HttpResponse): Promise<string> {
  const chunks = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const counts = (): readonly number[] => servers.map(({ requests }) => requests.length);

describe('withMirrors', () => {
  test('asks the first mirror, and says where the channel has it', async () => {
    const answer = await open().get(`${CHANNEL}${FILE}`);
    expect([await read(answer), answer.url]).toEqual(['0123456789', `${CHANNEL}${FILE}`]);
    expect(counts()).toEqual([1, 0]);
  });

  test('leaves other channels alone', async () => {
    const [server] = servers;
    expect(await read(await open().get(`${server.url}/c${FILE}`))).toBe('0123456789');
    const longer = open().request(`${CHANNEL}-other${FILE}`, { maxRetries: 0 });
    await expect(longer).rejects.toMatchObject({ code: 'HTTP_FAILED' });
    expect(counts()).toEqual([1, 0]);
  });

  test.each([
    ['a status of 503', { kind: 'status', status: 503 } as const],
    ['a broken connection', { kind: 'refuse' } as const],
    ['silence', { kind: 'delay', ms: 2000 } as const],
  ])('goes to the next after %s, and asks the bad one last from then on', async (_, fault) => {
    const [first] = servers;
    first.failAlways(/^\/c/, fault);
    const client = open();
    expect(await read(await client.get(`${CHANNEL}${FILE}`))).toBe('0123456789');
    expect(failovers).toEqual([`${first.url}/c`]);
    const asked = first.requests.length;
    await read(await client.get(`${CHANNEL}${FILE}`));
    expect(first.requests.length).toBe(asked);

    await client.close();
    const later = open();
    await read(await later.get(`${CHANNEL}${FILE}`));
    expect(first.requests.length).toBe(asked);
    first.reset();
    now += 61_000;
    await read(await later.get(`${CHANNEL}${FILE}`));
    expect(first.requests.length).toBe(1);
    await later.close();
    expect(JSON.parse(readFileSync(stateFile, 'utf8'))).toEqual({});
  });

  test('looks further for what is missing, without blaming anybody', async () => {
    const [first, second] = servers;
    first.put(`/c${FILE}`, undefined);
    const client = open();
    expect(await read(await client.get(`${CHANNEL}${FILE}`))).toBe('0123456789');
    await read(await client.get(`${CHANNEL}${FILE}`));
    expect(counts()).toEqual([2, 2]);
    second.put(`/c${FILE}`, undefined);
    expect((await client.request(`${CHANNEL}${FILE}`)).status).toBe(404);
    // That one has it not does not mean that the other, which can't be asked, hasn't.
    first.failAlways(/^\/c/, { kind: 'status', status: 502 });
    await expect(client.request(`${CHANNEL}${FILE}`)).rejects.toMatchObject({ data: { status_code: 502 } });
  });

  test('goes on in the middle of a file whose digest is known', async () => {
    const [first, second] = servers;
    first.failAlways(/^\/c/, { kind: 'cut', after: 4 });
    const sha256 = createHash('sha256').update('0123456789').digest('hex');
    expect(await read(await open().get(`${CHANNEL}${FILE}`, { sha256 }))).toBe('0123456789');
    expect(second.requests.map(({ headers }) => headers.range)).toEqual(['bytes=4-']);
  });

  test('does not mend a file that nobody will check', async () => {
    servers[0].failAlways(/^\/c/, { kind: 'cut', after: 4 });
    const answer = await open().get(`${CHANNEL}${FILE}`);
    await expect(read(answer)).rejects.toMatchObject({ code: 'HTTP_FAILED' });
  });

  test('fails with the last failure when none answers', async () => {
    for (const server of servers) server.failAlways(/^\/c/, { kind: 'status', status: 500 });
    await expect(open().get(`${CHANNEL}${FILE}`)).rejects.toMatchObject({ data: { status_code: 500 } });
  });
});
