import { crc32 } from 'node:zlib';

import { invalidArchive } from './invalid-archive.ts';
import type { ZipMember } from './zip-directory.ts';

/** Passes `chunks` on and compares their CRC-32 with the one of the ZIP's directory at the end. @throws {TcondaError} `INVALID_ARCHIVE` */
export function* checkCrc32(chunks: Iterable<Uint8Array>, member: ZipMember): Generator<Uint8Array> {
  let sum = 0;
  for (const chunk of chunks) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== member.crc32) throw invalidArchive(`'${member.name}' fails its checksum`);
}
