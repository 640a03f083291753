import { TcondaError } from '../errors.ts';
import type { HttpClient } from './http.ts';

/** A file on a server, read in stretches. */
export interface RemoteFile {
  readonly size: number;
  /** Exactly `length` bytes from `offset`, fewer only at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * Opens the file at `url` for reading in stretches. Its beginning comes along with its size, and what was read once isn't asked
 * for again. Undefined when the server sends whole files only.
 * @throws {TcondaError} `HTTP_FAILED`, `OFFLINE`
 */
export async function openRemoteFile(http: HttpClient, url: string): Promise<RemoteFile | undefined> {
  const known: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
  const ask = async (
    start: number,
    end: number,
  ): Promise<{ bytes: Uint8Array; size: number } | undefined> => {
    const response = await http.get(url, { range: { start, end } });
    const [, first, size] =
      /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
    if (response.status !== 206 || Number(first) !== start || size === undefined) {
      response.dismiss();
      return undefined;
    }
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of response.body) {
      length += part.length;
      // A server that sends more than was asked for must not fill the memory.
      if (length > end - start) break;
      parts.push(part);
    }
    const bytes = Buffer.concat(parts);
    known.push({ offset: start, bytes });
    return { bytes, size: Number(size) };
  };

  const begin = await ask(0, FIRST);
  if (begin === undefined) return undefined;
  const { size } = begin;
  return {
    size,
    async read(offset, length) {
      const end = Math.min(size, offset + length);
      if (end <= offset) return Buffer.alloc(0);
      const there = known.find((one) => one.offset <= offset && one.offset + one.bytes.length >= end);
      if (there !== undefined) return there.bytes.subarray(offset - there.offset, end - there.offset);
      const answer = await ask(offset, end);
      if (answer?.size !== size || answer.bytes.length !== end - offset) {
        throw new TcondaError('HTTP_FAILED', 'The file changed on the server while it was read', {
          hint: 'Try again',
        });
      }
      return answer.bytes;
    },
  };
}

/** Bytes of the beginning: of a ZIP they hold its first members' headers. */
const FIRST = 1024;
