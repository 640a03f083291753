import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream, type Stats, statSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';

/** One way to misbehave, once. */
export type Fault =
  /** Answers with another status; `body` defaults to the status as text. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Ends the connection after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Sends so many bytes of the body, then nothing more, and leaves the connection open. */
  | { readonly kind: 'stall'; readonly after: number }
  /** Sends other bytes as if they were the file. */
  | { readonly kind: 'body'; readonly body: string | Uint8Array }
  /** Announces another length than that of the body. */
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  /** Right, but late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Right, but not before this is done. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
  /** Right, but no faster. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  /** Ends the connection without an answer. */
  | { readonly kind: 'refuse' }
  /** Ignores `Range`: 200 and the whole file. */
  | { readonly kind: 'no-range' }
  /** Behaves. For sequences. */
  | { readonly kind: 'none' };

export interface ServedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** 0 when there was no answer. */
  readonly status: number;
}

export interface ServerOptions {
  /** Compresses answers for those who accept gzip. */
  readonly gzip?: boolean;
  /** Headers of every answer, e.g. `cache-control`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Who may pass; the others get 401. */
  readonly authorize?: (request: { readonly path: string; readonly headers: IncomingHttpHeaders }) => boolean;
}

export interface TestServer {
  /** `http://127.0.0.1:PORT`, without a final slash. */
  readonly url: string;
  /** What was asked, in order. */
  readonly requests: readonly ServedRequest[];
  /** Paths asked, in order. */
  paths(): readonly string[];
  /** Serves `content` at `path`, before what is in the directory; undefined hides the file. */
  put(path: string, content: string | Uint8Array | undefined): void;
  /** The next requests for `path` (a text: the path begins with it up to `?`, exactly) meet these faults, one each. */
  fail(path: string | RegExp, ...faults: readonly Fault[]): void;
  /** Every request for `path` meets this fault, until `reset`. */
  failAlways(path: string | RegExp, fault: Fault): void;
  /** Forgets requests and faults. */
  reset(): void;
  close(): Promise<void>;
}

/**
 * A real static server on loopback: ETag, Last-Modified, 304, ranges with `If-Range`, gzip; records requests; misbehaves when told.
 * Serves `directory`, and what was `put`.
 */
export async function startServer(directory?: string, options: ServerOptions = {}): Promise<TestServer> {
  const requests: ServedRequest[] = [];
  const contents = new Map<string, Buffer | undefined>();
  const once: { readonly path: string | RegExp; readonly faults: Fault[] }[] = [];
  const always: { readonly path: string | RegExp; readonly fault: Fault }[] = [];
  const sockets = new Set<Socket>();

  const faultOf = (pathname: string): Fault => {
    const sequence = once.find((entry) => entry.faults.length > 0 && isAt(pathname, entry.path));
    return (
      sequence?.faults.shift() ??
      always.find((entry) => isAt(pathname, entry.path))?.fault ?? { kind: 'none' }
    );
  };

  const server = createServer((request, response) => {
    const target = request.url ?? '/';
    const pathname = decodeURIComponent(target.replace(/[?#].*$/s, ''));
    requests.push({
      method: request.method ?? '',
      path: target,
      headers: request.headers,
      get status() {
        return response.headersSent ? response.statusCode : 0;
      },
    });
    for (const [name, value] of Object.entries(options.headers ?? {})) response.setHeader(name, value);
    if (options.authorize && !options.authorize({ path: target, headers: request.headers })) {
      response.writeHead(401).end('401');
      return;
    }
    const file = contents.has(pathname) ? contents.get(pathname) : findFile(directory, pathname);
    answer(request, response, file, faultOf(pathname), options);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(server);

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    paths: () => requests.map((request) => request.path),
    put: (at, content) => contents.set(at, content === undefined ? undefined : Buffer.from(content)),
    fail: (at, ...faults) => once.push({ path: at, faults: [...faults] }),
    failAlways: (at, fault) => always.push({ path: at, fault }),
    reset() {
      requests.length = 0;
      once.length = 0;
      always.length = 0;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

interface DiskFile {
  readonly file: string;
  readonly stats: Stats;
}

function isAt(pathname: string, at: string | RegExp): boolean {
  return typeof at === 'string' ? pathname === at : at.test(pathname);
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

function findFile(directory: string | undefined, pathname: string): DiskFile | undefined {
  if (directory === undefined || pathname.includes('\0')) return undefined;
  const file = path.join(directory, path.posix.normalize(`/${pathname}`));
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true ? { file, stats } : undefined;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  found: Buffer | DiskFile | undefined,
  fault: Fault,
  options: ServerOptions,
): void {
  switch (fault.kind) {
    case 'refuse':
      request.socket.destroy();
      return;
    case 'status':
      response.writeHead(fault.status, { ...fault.headers }).end(fault.body ?? String(fault.status));
      return;
    case 'redirect':
      response.writeHead(fault.status ?? 302, { location: fault.to }).end();
      return;
    case 'delay':
      setTimeout(() => answer(request, response, found, { kind: 'none' }, options), fault.ms);
      return;
    case 'hold':
      void fault.until.then(() => answer(request, response, found, { kind: 'none' }, options));
      return;
    case 'body':
      serve(request, response, Buffer.from(fault.body), { kind: 'none' }, options);
      return;
    case 'cut':
    case 'stall':
    case 'length':
    case 'no-range':
    case 'slow':
    case 'none':
      if (found === undefined) response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
      else serve(request, response, found, fault, options);
  }
}

/** Sends ten pieces a second. */
async function trickle(
  body: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  bytesPerSecond: number,
): Promise<void> {
  const size = Math.max(1, Math.floor(bytesPerSecond / 10));
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length && !response.destroyed; at += size) {
      response.write(chunk.subarray(at, at + size));
      await sleep(100);
    }
  }
  response.end();
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  found: Buffer | DiskFile,
  fault: Fault,
  options: ServerOptions,
): void {
  const total = Buffer.isBuffer(found) ? found.length : found.stats.size;
  const etag = Buffer.isBuffer(found)
    ? `"${createHash('sha256').update(found).digest('hex').slice(0, 16)}"`
    : `"${found.stats.size.toString(16)}-${Math.floor(found.stats.mtimeMs).toString(16)}"`;
  const modified = (Buffer.isBuffer(found) ? new Date(0) : found.stats.mtime).toUTCString();
  response.setHeader('etag', etag);
  response.setHeader('last-modified', modified);
  response.setHeader('accept-ranges', 'bytes');
  const { headers } = request;
  if (
    headers['if-none-match'] === undefined
      ? headers['if-modified-since'] === modified
      : headers['if-none-match'] === etag
  ) {
    response.writeHead(304).end();
    return;
  }
  const condition = headers['if-range'];
  const mayRange =
    fault.kind !== 'no-range' && (condition === undefined || condition === etag || condition === modified);
  const range = mayRange ? parseRange(headers.range, total) : undefined;
  if (range === 'outside') {
    response.writeHead(416, { 'content-range': `bytes */${total}` }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: total };
  if (range) response.setHeader('content-range', `bytes ${start}-${end - 1}/${total}`);
  const gzip = options.gzip === true && !range && /\bgzip\b/.test(String(headers['accept-encoding']));
  if (gzip) response.setHeader('content-encoding', 'gzip');
  else response.setHeader('content-length', fault.kind === 'length' ? fault.length : end - start);
  response.writeHead(range ? 206 : 200);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const cut = fault.kind === 'cut' || fault.kind === 'stall' ? fault.after : undefined;
  const last = cut === undefined ? end : Math.min(end, start + cut);
  const body = read(found, start, last);
  if (cut !== undefined) {
    body.pipe(response, { end: false });
    body.on('end', () => {
      // The bytes that were promised shall arrive before the end does.
      if (fault.kind === 'cut') setTimeout(() => request.socket.destroy(), 20);
    });
    if (cut === 0) response.flushHeaders();
    return;
  }
  if (fault.kind === 'length') {
    body.on('data', (chunk: Buffer) => request.socket.write(chunk));
    response.flushHeaders();
    body.on('end', () => request.socket.end());
    return;
  }
  // Who asked may be gone by now.
  if (response.destroyed) return;
  if (fault.kind === 'slow') {
    void trickle(body, response, fault.bytesPerSecond);
    return;
  }
  if (gzip) pipeline(body, createGzip(), response, () => undefined);
  else pipeline(body, response, () => undefined);
}

function read(found: Buffer | DiskFile, start: number, end: number): Readable | ReadStream {
  if (end <= start) return Readable.from([]);
  if (Buffer.isBuffer(found)) return Readable.from([found.subarray(start, end)]);
  return createReadStream(found.file, { start, end: end - 1 });
}

function parseRange(
  text: string | undefined,
  total: number,
): { start: number; end: number } | 'outside' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text ?? '');
  if (!match) return undefined;
  const [, from = '', to = ''] = match;
  if (from === '') return { start: Math.max(0, total - Number(to)), end: total };
  const start = Number(from);
  const end = to === '' ? total : Math.min(total, Number(to) + 1);
  return start >= total || end <= start ? 'outside' : { start, end };
}
