import { writeSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';

import { TcondaError } from '../errors.ts';
import { createGrowthMeter, USUAL_GROWTH } from '../io/growth-limit.ts';
import { decompressZstd } from '../io/zstd.ts';
import { corruptRepodata } from './corrupt-repodata.ts';
import type { RepodataIndex } from './repodata-index.ts';
import { createRepodataScanner, RepodataSyntaxError } from './scan-repodata.ts';

/** How an index comes from the server. */
export interface ReceivedForm {
  readonly packing: 'zst' | 'bz2' | undefined;
  /** URL for messages, without credentials. */
  readonly source: string;
  /** Bytes that the index may have, unpacked. */
  readonly maxBytes: number;
}

/**
 * Writes repodata as it arrives to `descriptor`, and finds out where its records are in the same pass. What grows without measure is
 * left where it shows; whoever made the file removes it.
 *
 * @throws {TcondaError} `REPODATA_CORRUPT`, `ZSTD_INVALID`
 */
export async function receiveRepodata(
  body: AsyncIterable<Uint8Array>,
  descriptor: number,
  { packing, source, maxBytes }: ReceivedForm,
): Promise<RepodataIndex> {
  const scanner = createRepodataScanner();
  const meter = createGrowthMeter({ ...USUAL_GROWTH, maxBytes });
  try {
    for await (const chunk of unpack(meter.arriving(body), packing)) {
      const problem = meter.unpacked(chunk.length);
      if (problem !== undefined) throw new RepodataSyntaxError(problem);
      for (let at = 0; at < chunk.length;) at += writeSync(descriptor, chunk, at);
      scanner.push(chunk);
    }
    return scanner.finish();
  } catch (error) {
    const isOurs = error instanceof RepodataSyntaxError || isInvalidBzip2(error);
    throw isOurs ? corruptRepodata(source, error) : error;
  }
}

function unpack(
  body: AsyncIterable<Uint8Array>,
  packing: ReceivedForm['packing'],
): AsyncIterable<Uint8Array> {
  if (packing === 'zst') return decompressZstd(body, { maxBytes: Number.MAX_SAFE_INTEGER, reuse: true });
  return packing === 'bz2' ? unpackBzip2(body) : body;
}

/** The decoder takes no pauses, so its input lies ready: a few dozen million bytes at most. */
async function* unpackBzip2(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { decodeBzip2 } = await import('../io/bzip2-decode.ts');
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of body) {
    total += part.length;
    if (total > MAX_BZIP2) throw new RepodataSyntaxError(`it has more than ${MAX_BZIP2} bytes`);
    parts.push(part);
  }
  for (const block of decodeBzip2(parts)) {
    yield block;
    await breathe();
  }
}

/** Bytes of a packed index that is held in memory. */
const MAX_BZIP2 = 256 * 1024 ** 2;

function isInvalidBzip2(error: unknown): boolean {
  return error instanceof TcondaError && error.code === 'INVALID_ARCHIVE';
}
