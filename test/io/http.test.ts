import { createServer, request as forward } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { createCredentials } from '../../src/io/auth.ts';
import { createHttpClient, type HttpClientOptions, type HttpRequestOptions } from '../../src/io/http.ts';
import { Secret } from '../../src/model/secret.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
let directory: string;
let server: TestServer;
let other: TestServer;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tconda-http-'));
  await writeFile(path.join(directory, 'file'), content);
  server = await startServer(directory);
  other = await startServer(directory, { gzip: true });
});
afterEach(() => {
  server.reset();
  other.reset();
});
afterAll(async () => {
  await server.close();
  await other.close();
  await rm(directory, { recursive: true });
});

const FAST: HttpClientOptions = { backoffFactor: 0.001, readTimeout: 0.4 };

async function fetchBody(url: string, options: HttpClientOptions = {}, asked?: HttpRequestOptions) {
  const http = createHttpClient({ ...FAST, ...options });
  try {
    const { status, body, headers, url: from } = await http.get(url, asked);
    const parts = [];
    for await (const part of body) parts.push(part);
    return { status, headers, from, bytes: Buffer.concat(parts) };
  } finally {
    await http.close();
  }
}

describe('an HTTP client', () => {
  test('reads over http and from disk alike', async () => {
    for (const url of [`${server.url}/file`, pathToFileURL(path.join(directory, 'file')).href]) {
      const whole = await fetchBody(url);
      expect(whole.bytes.equals(content)).toBe(true);
      expect(whole.headers.get('content-length')).toBe('300000');
      const part = await fetchBody(url, {}, { range: { start: 10, end: 20 } });
      expect([part.status, ...part.bytes]).toEqual([206, ...content.subarray(10, 20)]);
      const etag = whole.headers.get('etag') ?? '';
      const http = createHttpClient(FAST);
      const unchanged = await http.request(url, { headers: { 'if-none-match': etag } });
      unchanged.dismiss();
      expect(unchanged.status).toBe(304);
      await expect(http.get(`${url}x`)).rejects.toMatchObject({
        code: 'HTTP_FAILED',
        message: `HTTP 404 Not Found for url <${url}x>`,
        data: { status_code: 404 },
      });
      await http.close();
    }
  });

  test('unpacks what was packed on the way', async () => {
    const { bytes, headers } = await fetchBody(`${other.url}/file`, {}, { compressed: true });
    expect(headers.get('content-encoding')).toBe('gzip');
    expect(bytes.equals(content)).toBe(true);
    await fetchBody(`${other.url}/file`);
    expect(other.requests.at(-1)?.headers['accept-encoding']).toBe('identity');
  });

  test('tries again, as often as it may and when the server says', async () => {
    const retries: number[] = [];
    const onRetry = ({ wait }: { wait: number }) => retries.push(wait);
    server.fail(
      '/file',
      { kind: 'status', status: 503 },
      { kind: 'refuse' },
      { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
    );
    expect((await fetchBody(`${server.url}/file`, { onRetry })).bytes.equals(content)).toBe(true);
    expect(retries.length).toBe(3);
    expect(retries[2]).toBe(0);
    server.failAlways('/file', { kind: 'status', status: 503 });
    await expect(fetchBody(`${server.url}/file`, { maxRetries: 1 })).rejects.toMatchObject({
      data: { status_code: 503 },
    });
    expect(server.requests.length).toBe(6);
  });

  test.each([
    ['cut', { kind: 'cut', after: 100_000 }],
    ['stalled', { kind: 'stall', after: 100_000 }],
  ] as const)('goes on where a connection was %s', async (_, fault) => {
    server.fail('/file', fault, { kind: 'cut', after: 50_000 });
    expect((await fetchBody(`${server.url}/file`)).bytes.equals(content)).toBe(true);
    const ranges = server.requests.map((request) => request.headers.range);
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
    expect(server.requests[1]?.headers['if-range']).toBe(server.requests[2]?.headers['if-range']);
  });

  test('does not sew two files together', async () => {
    server.fail('/file', { kind: 'cut', after: 1000 }, { kind: 'no-range' });
    await expect(fetchBody(`${server.url}/file`)).rejects.toMatchObject({ code: 'HTTP_FAILED' });
  });

  test('sees that a body is shorter than was said', async () => {
    server.failAlways('/file', { kind: 'length', length: 300_001 });
    await expect(fetchBody(`${server.url}/file`, { maxRetries: 0 })).rejects.toMatchObject({
      code: 'HTTP_FAILED',
    });
  });

  test('follows redirects, but not in circles, to the disk, or out of reason', async () => {
    server.fail('/moved', { kind: 'redirect', to: '/file' });
    const { from, bytes } = await fetchBody(`${server.url}/moved`);
    expect([from, bytes.length]).toEqual([`${server.url}/file`, content.length]);
    server.failAlways('/circle', { kind: 'redirect', to: '/circle' });
    await expect(fetchBody(`${server.url}/circle`)).rejects.toThrow('Redirected without end');
    server.failAlways('/disk', { kind: 'redirect', to: pathToFileURL(path.join(directory, 'file')).href });
    await expect(fetchBody(`${server.url}/disk`)).rejects.toThrow('redirects from http to file');
  });

  test('has no network when offline', async () => {
    await expect(fetchBody(`${server.url}/file`, { offline: true })).rejects.toMatchObject({
      code: 'OFFLINE',
    });
    expect(server.requests).toEqual([]);
    const file = pathToFileURL(path.join(directory, 'file')).href;
    expect((await fetchBody(file, { offline: true })).bytes.length).toBe(content.length);
  });

  test('can be called off, waiting or reading', async () => {
    server.failAlways('/file', { kind: 'stall', after: 10 });
    const options = { readTimeout: 30, signal: AbortSignal.timeout(50) };
    await expect(fetchBody(`${server.url}/file`, options)).rejects.toThrow(/abort/i);
    server.reset();
    server.failAlways('/file', { kind: 'status', status: 503 });
    const slow = { backoffFactor: 30, signal: AbortSignal.timeout(50) };
    await expect(fetchBody(`${server.url}/file`, slow)).rejects.toThrow(/abort/i);
  });

  test('says why a host is out of reach', async () => {
    const closed = await startServer();
    await closed.close();
    await expect(fetchBody(`${closed.url}/file`, { maxRetries: 1 })).rejects.toThrow(
      `HTTP 000 CONNECTION FAILED for url <${closed.url}/file>: the host refuses the connection`,
    );
  });
});

test('a host that is not there is tried twice, for all that is wanted of it', async () => {
  const closed = await startServer();
  await closed.close();
  const waits: string[] = [];
  const http = createHttpClient({
    backoffFactor: 0.05,
    maxRetries: 5,
    onRetry: ({ url }) => waits.push(url),
  });
  const ask = (name: string) => http.get(`${closed.url}/${name}`);
  const results = await Promise.allSettled(['a', 'b', 'c'].map(ask));
  await expect(ask('d')).rejects.toThrow(`for url <${closed.url}/d>: the host refuses the connection`);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(waits.length).toBe(1);
  await http.close();
});

describe('secrets', () => {
  const password = new Secret('pa55/word');

  test('go to the place they are for and to no other, redirected or not', async () => {
    const credentials = createCredentials({
      entries: [{ at: `${server.url}/private`, credential: { kind: 'basic', user: 'me', password } }],
    });
    server.failAlways('/private/file', { kind: 'redirect', to: `${other.url}/file` });
    await fetchBody(`${server.url}/private/file`, { credentials });
    expect(server.requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('me:pa55/word').toString('base64')}`,
    );
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
    await fetchBody(`${server.url}/file`, { credentials });
    expect(server.requests[1]?.headers.authorization).toBeUndefined();
  });

  test('may stand in a URL, and leave it before anyone sees', async () => {
    const url = server.url.replace('//', '//user:s3cret@');
    const failure = await fetchBody(`${url}/t/tk-123/none?sig=abc`).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: `HTTP 404 Not Found for url <${server.url}/none>` });
    expect(server.paths()).toEqual(['/t/tk-123/none?sig=abc']);
    expect(server.requests[0]?.headers.authorization).toMatch(/^Basic /);
  });
});

test('a proxy stands in between, with its own login', async () => {
  const seen: (string | undefined)[] = [];
  const proxy = createServer((request, response) => {
    seen.push(request.url, request.headers['proxy-authorization']);
    forward(request.url ?? '', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const address = `me:pw@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const { bytes } = await fetchBody(`${server.url}/file`, {
    proxies: { servers: new Map([['http', `http://${address}`]]) },
  });
  expect(bytes.equals(content)).toBe(true);
  expect(seen).toEqual([`${server.url}/file`, `Basic ${Buffer.from('me:pw').toString('base64')}`]);
  await fetchBody(`${server.url}/file`, {
    proxies: { env: { http_proxy: address, no_proxy: '127.0.0.0/8' } },
  });
  expect(seen.length).toBe(2);
  proxy.closeAllConnections();
  proxy.close();
});
