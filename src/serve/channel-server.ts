import { mkdirSync, realpathSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { TcondaError } from '../errors.ts';
import { createReadThrough, type ReadThroughOptions } from './read-through.ts';
import { sendFile } from './send-file.ts';
import { findServedFile } from './served-file.ts';

/** A request, and how it was answered. */
export interface ServedRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
}

export interface StartChannelServerOptions {
  /** The channel, or the folder that holds channels; with `upstream` the place where copies are kept, made when missing. */
  readonly directory: string;
  /** Default: `127.0.0.1`, this machine alone. */
  readonly host?: string;
  /** 0, the default: any that is free. */
  readonly port?: number;
  /** Seconds that a client may take an index for new; default 30. */
  readonly maxAge?: number;
  /** What is not in the directory is fetched from another place, checked, and kept. */
  readonly upstream?: ReadThroughOptions;
  /** Called after each answer. */
  readonly onRequest?: (request: ServedRequest) => void;
}

/** A server that runs. */
export interface ChannelServer {
  /** `http://127.0.0.1:8000`, without a final slash. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the files of a channel over HTTP: GET and HEAD, conditional and partial. Ready when the promise is.
 * @throws {TcondaError} `INVALID_VALUE` when the directory is none or the port is taken
 */
export async function startChannelServer(options: StartChannelServerOptions): Promise<ChannelServer> {
  const root = openRoot(options);
  const upstream = options.upstream && createReadThrough(root, options.upstream);
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const started = performance.now();
    const urlPath = (request.url ?? '/').replace(/[?#].*$/s, '');
    response.on('close', () => {
      options.onRequest?.({
        method: request.method ?? '',
        path: urlPath,
        status: response.headersSent ? response.statusCode : 0,
        milliseconds: performance.now() - started,
      });
    });
    answer(request, response, urlPath).catch(() => {
      // The client has gone, or the file has changed under the answer: a broken connection says so, an end would not.
      response.destroy();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse, urlPath: string): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      request.resume();
      response.writeHead(405, { allow: 'GET, HEAD', 'content-length': 0 }).end();
      return;
    }
    const status = await upstream?.provide(urlPath);
    const file = status === undefined || status === 200 ? await findServedFile(root, urlPath) : undefined;
    if (file === undefined) {
      const code = status === undefined || status === 200 ? 404 : status;
      response.writeHead(code, { 'content-type': 'text/plain' }).end(`${code}\n`);
      return;
    }
    await sendFile(request, response, file, { cacheControl: cacheControl(urlPath, options.maxAge ?? 30) });
  }

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message = `Can't listen at ${host}, port ${port}: ${cause.code}`;
      reject(new TcondaError('INVALID_VALUE', message, { hint: 'Choose another port with --port', cause }));
    });
    server.listen(port, host, resolve);
  });
}

function openRoot({ directory, upstream }: StartChannelServerOptions): string {
  try {
    if (upstream !== undefined) mkdirSync(directory, { recursive: true });
    return realpathSync(directory);
  } catch (cause) {
    throw new TcondaError('INVALID_VALUE', `There is no folder ${directory}`, { cause });
  }
}

/** What has its digest in its name never changes; archives do so only by mistake, which a day may find out. */
function cacheControl(urlPath: string, maxAge: number): string {
  if (isShard(urlPath)) return 'public, max-age=31536000, immutable';
  if (/\.(?:conda|tar\.bz2)$/.test(urlPath)) return 'public, max-age=86400';
  return `public, max-age=${maxAge}`;
}

function isShard(urlPath: string): boolean {
  return /\/[0-9a-f]{64}\.msgpack\.zst$/.test(urlPath);
}
