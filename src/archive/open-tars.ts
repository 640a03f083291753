import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { decompressZstd } from '../io/zstd.ts';
import { type FileSource, openFileSource, readChunks } from './byte-source.ts';
import { decodeBzip2 } from '../io/bzip2-decode.ts';
import { findCondaMembers } from './conda-members.ts';
import { invalidArchive } from './invalid-archive.ts';
import { readZipContent } from './zip-content.ts';
import type { ZipMember } from './zip-directory.ts';

/** Which part of a package a tar holds: a `.conda` has two tars, a `.tar.bz2` one with all. */
export type Component = 'pkg' | 'info' | 'all';

export interface OpenTarsOptions {
  /** Leaves out the tar of the body, when there is one apart. */
  readonly infoOnly?: boolean;
  /** Hands over `info/` before the body, where they are apart. */
  readonly infoFirst?: boolean;
  /** The tars may be so long, once decompressed. */
  readonly maxBytes: number;
}

/**
 * Opens the archive `file`, of either format, and hands its tars, decompressed, to `use`, one after the other: the body, then `info/`, unless `infoFirst`.
 * The format is told by the first bytes. `use` may return before it has read all; each chunk is valid only until the next one.
 *
 * @throws {TcondaError} `INVALID_ARCHIVE`, `UNSAFE_ARCHIVE`, with the name of the file in front, and the system's errors
 */
export async function openTars(
  file: string,
  options: OpenTarsOptions,
  use: (component: Component, chunks: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const source = openFileSource(file);
  try {
    const magic = Buffer.from(source.read(0, 4)).toString('latin1');
    if (magic.startsWith('BZh')) {
      await use(
        'all',
        bounded(decodeBzip2(readChunks(source, 0, source.size), { reuse: true }), options.maxBytes),
      );
    } else if (magic.startsWith('PK')) {
      const members = findCondaMembers(source);
      const parts = [
        ['pkg', options.infoOnly === true ? undefined : members.pkg],
        ['info', members.info],
      ] as const;
      for (const [component, member] of options.infoFirst === true ? parts.toReversed() : parts) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        if (member !== undefined) await use(component, openMember(source, member, options.maxBytes));
      }
    } else {
      throw invalidArchive(source.size === 0 ? 'the file is empty' : 'neither a .conda nor a .tar.bz2');
    }
  } catch (error) {
    throw named(error, file);
  } finally {
    source.close();
  }
}

function openMember(source: FileSource, member: ZipMember, maxBytes: number): AsyncIterable<Uint8Array> {
  const stored = readChunks(source, member.offset, member.offset + member.length);
  return decompressZstd(readZipContent(member, stored), { maxBytes, reuse: true });
}

async function* bounded(chunks: Iterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for (const chunk of chunks) {
    total += chunk.length;
    if (total > maxBytes) throw new TcondaError('UNSAFE_ARCHIVE', `unpacks to more than ${maxBytes} bytes`);
    yield chunk;
  }
}

/** The same error, saying which archive it is about. */
export function named(error: unknown, file: string): unknown {
  if (!(error instanceof TcondaError)) return error;
  const { hint, data } = error;
  const code = error.code === 'ZSTD_INVALID' ? 'INVALID_ARCHIVE' : error.code;
  return new TcondaError(code, `${path.basename(file)}: ${error.message}`, {
    ...(hint === undefined ? {} : { hint }),
    data: { ...data, archive: file },
    cause: error.cause,
  });
}
