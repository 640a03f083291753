import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { createHttpClient, type HttpClient } from '../../src/io/http.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
const digest = createHash('sha256').update(content).digest('hex');

describe.runIf(hasOpenssl)('a server that offers HTTP/2', () => {
  let directory: string;
  let cert: string;
  let key: string;
  let server: Http2SecureServer;
  let url: string;
  let http: HttpClient;
  const sessions = new Set<Http2Session>();
  let connections = 0;
  let requests: { readonly version: string; readonly path: string; readonly range: string | undefined }[] =
    [];
  /** What the next request for a path meets. */
  const faults = new Map<string, (request: Http2ServerRequest, response: Http2ServerResponse) => void>();

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'tconda-http2-'));
    cert = path.join(directory, 'cert.pem');
    key = path.join(directory, 'key.pem');
    const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync('openssl', [...kind, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
    server = createSecureServer({ cert: readFileSync(cert), key: readFileSync(key), allowHTTP1: true });
    server.on('secureConnection', () => {
      connections += 1;
    });
    server.on('session', (session) => {
      sessions.add(session);
      session.on('close', () => sessions.delete(session));
    });
    server.on('request', (request, response) => {
      const { range } = request.headers;
      requests.push({ version: request.httpVersion, path: request.url, range });
      const fault = faults.get(request.url);
      faults.delete(request.url);
      if (fault !== undefined) {
        fault(request, response);
        return;
      }
      const start = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
      if (start > 0)
        response.setHeader('content-range', `bytes ${start}-${content.length - 1}/${content.length}`);
      response.setHeader('content-length', content.length - start);
      response.setHeader('etag', '"1"');
      response.writeHead(start > 0 ? 206 : 200);
      response.end(content.subarray(start));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    await http.close();
    requests = [];
    connections = 0;
    faults.clear();
  });
  afterAll(async () => {
    for (const session of sessions) session.destroy();
    server.close();
    await rm(directory, { recursive: true });
  });

  let retries: string[] = [];
  function open(readTimeout = 20): void {
    retries = [];
    const onRetry = ({ reason }: { readonly reason: string }): unknown => retries.push(reason);
    http = createHttpClient({ sslVerify: cert, backoffFactor: 0.001, readTimeout, onRetry });
  }

  async function fetchDigest(place: string): Promise<string> {
    const hash = createHash('sha256');
    for await (const part of (await http.get(`${url}${place}`)).body) hash.update(part);
    return hash.digest('hex');
  }

  /** Half of the body, then `then`. */
  function half(then: (request: Http2ServerRequest, response: Http2ServerResponse) => void) {
    return (request: Http2ServerRequest, response: Http2ServerResponse): void => {
      response.writeHead(200, { etag: '"1"', 'content-length': content.length });
      response.write(content.subarray(0, 150_000), () => {
        setTimeout(() => then(request, response), 20);
      });
    };
  }

  test('is spoken to so, with many requests on a connection', async () => {
    open();
    expect(await fetchDigest('/first')).toBe(digest);
    const places = Array.from({ length: 60 }, (_, index) => `/${index}`);
    expect(new Set(await Promise.all(places.map(fetchDigest)))).toEqual(new Set([digest]));
    expect(retries).toEqual([]);
    expect(new Set(requests.map(({ version }) => version))).toEqual(new Set(['2.0']));
    expect(requests.length).toBe(61);
    expect(connections).toBeLessThanOrEqual(10);
  });

  test.each([true, false])('is spoken to through the tunnel of a proxy (HTTP/2: %s)', async (isNew) => {
    const asked: string[] = [];
    const proxy = createServer((_, response) => response.writeHead(400).end());
    const tunnels = new Set<Socket>();
    proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
      asked.push(`${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`);
      tunnels.add(socket);
      const [host = '', port] = (request.url ?? '').split(':');
      const target = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        target.pipe(socket).pipe(target);
      });
      for (const end of [target, socket]) end.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    const old = createHttpsServer(
      { cert: readFileSync(cert), key: readFileSync(key) },
      (request, response) => {
        requests.push({ version: request.httpVersion, path: request.url ?? '', range: undefined });
        response.end(content);
      },
    );
    await new Promise<void>((resolve) => {
      old.listen(0, '127.0.0.1', resolve);
    });
    const { port } = proxy.address() as AddressInfo;
    http = createHttpClient({
      sslVerify: cert,
      maxRetries: 0,
      proxies: { servers: new Map([['https', `http://me:p%40ss@127.0.0.1:${port}`]]) },
    });
    const origin = isNew ? url : `https://127.0.0.1:${(old.address() as AddressInfo).port}`;
    const results = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const hash = createHash('sha256');
        for await (const part of (await http.get(`${origin}/${index}`)).body) hash.update(part);
        return hash.digest('hex');
      }),
    );
    expect(new Set(results)).toEqual(new Set([digest]));
    expect(new Set(requests.map(({ version }) => version))).toEqual(new Set([isNew ? '2.0' : '1.1']));
    const login = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(new Set(asked)).toEqual(new Set([`${new URL(origin).host} ${login}`]));
    expect(asked.length).toBeLessThanOrEqual(10);
    await http.close();
    for (const socket of tunnels) socket.destroy();
    old.closeAllConnections();
    old.close();
    proxy.close();
  });

  test.each([
    ['reset', half((_, response) => response.stream.close(2))],
    ['stalled', half(() => undefined), 0.5],
    ['cut with the connection', half((request) => request.socket.destroy())],
    ['told to go away', half((_, response) => response.stream.session?.goaway(0))],
    ['ended early', half((_, response) => response.stream.session?.destroy())],
  ])('is asked for the rest of what was %s', async (_, fault, readTimeout?: number) => {
    open(readTimeout);
    await fetchDigest('/first');
    faults.set('/a', fault);
    const all = await Promise.all(['/a', '/b', '/c', '/d', '/e'].map(fetchDigest));
    expect(all).toEqual(Array.from({ length: 5 }, () => digest));
  });

  test.each(['goaway', 'destroy'] as const)('may %s in the middle of many', async (what) => {
    open(2);
    await fetchDigest('/first');
    const places = Array.from({ length: 30 }, (_, index) => `/${index}`);
    let begun = 0;
    for (const place of places)
      faults.set(
        place,
        half((_, response) => {
          begun += 1;
          if (begun === 15) for (const session of sessions) session[what]();
          if (begun > 15) response.end(content.subarray(150_000));
        }),
      );
    const all = await Promise.all(places.map(fetchDigest));
    expect(new Set(all)).toEqual(new Set([digest]));
  });

  test('is tried again when it says so, and its refusals are refusals', async () => {
    open();
    faults.set('/busy', (_, response) => {
      response.writeHead(503, { 'retry-after': '0' });
      response.end();
    });
    expect(await fetchDigest('/busy')).toBe(digest);
    faults.set('/none', (_, response) => {
      response.writeHead(404);
      response.end();
    });
    await expect(fetchDigest('/none')).rejects.toMatchObject({ data: { status_code: 404 } });
  });
});
