import { createReadStream } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

import type { ServedFile } from './served-file.ts';

export interface SendFileOptions {
  /** Value of `Cache-Control`. */
  readonly cacheControl: string;
}

/**
 * Answers with the file or with what was asked of it: 200, 206 for one range, 304 when the client has it, 412, 416.
 * @see RFC 9110, sections 13 and 14
 */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: ServedFile,
  options: SendFileOptions,
): Promise<void> {
  const { headers } = request;
  response.setHeader('etag', file.etag);
  response.setHeader('last-modified', file.mtime.toUTCString());
  response.setHeader('cache-control', options.cacheControl);
  response.setHeader('accept-ranges', 'bytes');
  if (headers['if-match'] !== undefined && !namesEtag(headers['if-match'], file.etag)) {
    response.writeHead(412).end();
    return;
  }
  if (isKnown(headers, file)) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('content-type', contentType(file.path));
  const range = isRangeValid(headers, file) ? parseRange(headers.range, file.size) : undefined;
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${file.size}`, 'content-length': 0 }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: file.size };
  response.writeHead(range === undefined ? 200 : 206, {
    'content-length': end - start,
    ...(range && { 'content-range': `bytes ${start}-${end - 1}/${file.size}` }),
  });
  if (request.method === 'HEAD' || end === start) {
    response.end();
    return;
  }
  await pipeline(createReadStream(file.path, { start, end: end - 1, highWaterMark: CHUNK }), response);
}

const CHUNK = 256 * 1024;

/** `If-None-Match` counts before `If-Modified-Since`. */
function isKnown(headers: IncomingHttpHeaders, file: ServedFile): boolean {
  const tags = headers['if-none-match'];
  if (tags !== undefined) return namesEtag(tags, file.etag);
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && Math.floor(file.mtime.getTime() / 1000) * 1000 <= since;
}

function namesEtag(list: string, etag: string): boolean {
  return list.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

/** Of another file than the one that the client has a part of, it gets the whole. */
function isRangeValid(headers: IncomingHttpHeaders, file: ServedFile): boolean {
  const condition = headers['if-range'];
  if (condition === undefined || Array.isArray(condition)) return true;
  return condition === file.etag || condition === file.mtime.toUTCString();
}

interface ByteRange {
  readonly start: number;
  /** One behind the last. */
  readonly end: number;
}

/** One range; of several, or what is no range, the whole file is the answer. */
function parseRange(text: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(text ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const count = Math.min(Number(last), size);
    return count === 0 ? 'unsatisfiable' : { start: size - count, end: size };
  }
  const range = { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) };
  if (last !== '' && Number(last) < range.start) return undefined;
  return range.start >= size ? 'unsatisfiable' : range;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['json', 'application/json'],
  ['zst', 'application/zstd'],
  ['bz2', 'application/x-bzip2'],
  ['html', 'text/html; charset=utf-8'],
  ['xml', 'application/xml'],
  ['txt', 'text/plain; charset=utf-8'],
]);

function contentType(file: string): string {
  return TYPES.get(file.slice(file.lastIndexOf('.') + 1)) ?? 'application/octet-stream';
}
