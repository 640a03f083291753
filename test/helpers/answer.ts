import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream, type Stats } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
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

/** How files are answered with. */
export interface AnswerOptions {
  /** Compresses answers for those who accept gzip. */
  readonly gzip?: boolean;
}

/** A file, looked at. */
export interface DiskFile {
  readonly file: string;
  readonly stats: Stats;
}

/**
 * Answers with a file, or as a fault has it: ETag, Last-Modified, 304, ranges with `If-Range`, gzip.
 * @param found undefined for what is not there
 */
export function answer(
  request: IncomingMessage,
  response: ServerResponse,
  found: Buffer | DiskFile | undefined,
  fault: Fault,
  options: AnswerOptions,
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
  options: AnswerOptions,
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
