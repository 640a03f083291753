import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** What a server or a disk answered, before redirects, retries and decoding. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Readable;
}

/** Answers a request for a `file:` URL as a static server would: 200, 206, 304, 403, 404, with ETag and length. */
export async function answerFromDisk(url: URL, headers: ReadonlyMap<string, string>): Promise<RawAnswer> {
  let file;
  let stats;
  try {
    file = fileURLToPath(url);
    stats = await stat(file, { bigint: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return empty(code === 'EACCES' || code === 'EPERM' ? 403 : 404);
  }
  if (!stats.isFile()) return empty(404);
  const size = Number(stats.size);
  const etag = `"${size.toString(16)}-${stats.mtimeNs.toString(16)}"`;
  const answer = new Map([
    ['etag', etag],
    ['last-modified', stats.mtime.toUTCString()],
  ]);
  if (headers.get('if-none-match') === etag) return { ...empty(304), headers: answer };
  const condition = headers.get('if-range');
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.get('range') ?? '');
  if (range === null || (condition !== undefined && condition !== etag)) {
    answer.set('content-length', String(size));
    return { status: 200, headers: answer, body: createReadStream(file, { highWaterMark: CHUNK }) };
  }
  const start = Number(range[1]);
  const end = range[2] === '' ? size - 1 : Math.min(size - 1, Number(range[2]));
  if (start > end) return empty(416);
  answer.set('content-length', String(end + 1 - start));
  answer.set('content-range', `bytes ${start}-${end}/${size}`);
  return {
    status: 206,
    headers: answer,
    body: createReadStream(file, { start, end, highWaterMark: CHUNK }),
  };
}

const CHUNK = 512 * 1024;

function empty(status: number): RawAnswer {
  return { status, headers: new Map(), body: Readable.from([]) };
}
