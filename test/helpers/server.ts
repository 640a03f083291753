import { statSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import path from 'node:path';
import { answer, type AnswerOptions, type DiskFile, type Fault } from './answer.ts';

export interface ServedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** 0 when there was no answer. */
  readonly status: number;
}

export interface ServerOptions extends AnswerOptions {
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
