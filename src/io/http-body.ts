import { pipeline, type Transform } from 'node:stream';

import { createGrowthMeter, USUAL_GROWTH } from './growth-limit.ts';
import type { RawAnswer } from './http-file.ts';

/** Asks again for the rest of a body: from this byte on, if it is still the same file. Undefined: it can't be had. */
export type AskForRest = (from: number, validator: string) => Promise<RawAnswer | undefined>;

/**
 * The body of an answer, its `Content-Encoding` undone. When the connection breaks on the way, the rest is asked for and
 * follows without a seam, provided that the server says how to recognize the file.
 * @throws {RefusedBody} or what the connection failed with
 */
export async function* readBody(answer: RawAnswer, askForRest: AskForRest): AsyncGenerator<Uint8Array> {
  const encoding = answer.headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') {
    try {
      yield* unpackBody(answer.body, encoding);
    } finally {
      answer.body.destroy();
    }
    return;
  }
  const start = rangeStart(answer);
  const validator = findValidator(answer);
  const expected = expectedLength(answer);
  let { body } = answer;
  let received = 0;
  try {
    for (;;) {
      try {
        for await (const chunk of body as AsyncIterable<Uint8Array>) {
          received += chunk.length;
          yield chunk;
        }
        // A connection of HTTP/2 that ends looks like the end of the body.
        if (expected !== undefined && received < expected) throw new EarlyEnd();
        return;
      } catch (error) {
        const rest = validator === undefined ? undefined : await askForRest(start + received, validator);
        if (rest === undefined) throw error;
        body = rest.body;
        const isRest = rest.status === 206 && rangeStart(rest) === start + received;
        if (!isRest || findValidator(rest) !== validator) throw error;
      }
    }
  } finally {
    // When nobody reads on: an unread body would keep its connection. That it is given up is an error for nobody.
    body.on('error', () => undefined);
    body.destroy();
  }
}

/** The body has fewer bytes than its `Content-Length`. */
class EarlyEnd extends Error {
  readonly code = 'UND_ERR_SOCKET';
}

function expectedLength({ headers }: RawAnswer): number | undefined {
  const length = headers.get('content-length');
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
}

function rangeStart(answer: RawAnswer): number {
  if (answer.status !== 206) return 0;
  const start = /^bytes (\d+)-/.exec(answer.headers.get('content-range') ?? '')?.[1];
  return start === undefined ? -1 : Number(start);
}

/** A text for `If-Range`. A weak ETag promises nothing about bytes. */
function findValidator({ headers }: RawAnswer): string | undefined {
  const etag = headers.get('etag');
  return etag !== undefined && !etag.startsWith('W/') ? etag : headers.get('last-modified');
}

/** The body can't be unpacked, or would fill the disk. The message is a sentence, to be followed by the URL. */
export class RefusedBody extends Error {}

/**
 * Undoes a `Content-Encoding`.
 * @throws {RefusedBody} or what the decoder or `chunks` fail with
 */
export async function* unpackBody(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<Uint8Array> {
  const meter = createGrowthMeter({ ...USUAL_GROWTH, maxBytes: Number.MAX_SAFE_INTEGER });
  for await (const chunk of await decode(meter.arriving(chunks), encoding)) {
    const problem = meter.unpacked(chunk.length);
    if (problem !== undefined) throw new RefusedBody(`The answer is refused, because ${problem},`);
    yield chunk;
  }
}

async function decode(
  chunks: AsyncGenerator<Uint8Array>,
  encoding: string,
): Promise<AsyncIterable<Uint8Array>> {
  if (encoding === 'zstd') {
    const { decompressZstd } = await import('./zstd.ts');
    return decompressZstd(chunks, { maxBytes: Number.MAX_SAFE_INTEGER });
  }
  const decoder = await createDecoder(encoding);
  if (decoder === undefined) {
    await chunks.return(undefined);
    throw new RefusedBody(`The server packs its answer in an unknown way, ${encoding},`);
  }
  // Errors and an early end pass through the decoder to whoever reads from it.
  return pipeline(chunks, decoder, () => undefined);
}

async function createDecoder(encoding: string): Promise<Transform | undefined> {
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib');
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}
