import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';

import { invalidArchive } from './invalid-archive.ts';
import { quotePath } from './quote-path.ts';
import type { ZipMember } from './zip-directory.ts';

/**
 * The content of a member from its bytes in the archive. Each chunk of both is valid only until the next one.
 * @throws {TcondaError} `INVALID_ARCHIVE` when it isn't as long as the directory says, or fails its checksum
 */
export async function* readZipContent(
  member: ZipMember,
  stored: Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let sum = 0;
  let size = 0;
  for await (const chunk of member.isDeflated ? inflate(stored) : stored) {
    sum = crc32(chunk, sum);
    size += chunk.length;
    if (size > member.size) break;
    yield chunk;
  }
  if (size !== member.size)
    throw invalidArchive(`${quotePath(member.name)} is not as long as the archive says`);
  if (sum !== member.crc32) throw invalidArchive(`${quotePath(member.name)} fails its checksum`);
}

async function* inflate(stored: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // Copies, since the next chunk is read while this one waits.
  const source = Readable.from(copies(stored), { objectMode: false });
  const inflater = createInflateRaw();
  source.once('error', (error) => inflater.destroy(error));
  try {
    yield* source.pipe(inflater) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw invalidArchive('a member is damaged', { cause });
  } finally {
    source.destroy();
  }
}

function* copies(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}
