import { createHash } from 'node:crypto';

import { ArchiveMeter, DEFAULT_LIMITS } from './limits.ts';
import { type Component, openTars } from './open-tars.ts';
import { sizeOf } from './size-of.ts';
import type { TarEntry } from './tar-entry.ts';
import { TarReader } from './tar-reader.ts';

/** A member of an archive, as stored. */
export interface ArchiveMember extends TarEntry {
  readonly component: Component;
  /** Of a file's content, when asked for. */
  readonly sha256?: string;
}

export interface ListArchiveOptions {
  readonly sha256?: boolean;
}

/**
 * Lists the members of an archive in their order, without writing anything. Paths are as stored: for showing, not for use.
 * @throws {TcondaError} `INVALID_ARCHIVE`, `UNSAFE_ARCHIVE`
 */
export async function listArchive(
  file: string,
  options: ListArchiveOptions = {},
): Promise<readonly ArchiveMember[]> {
  const meter = new ArchiveMeter(sizeOf(file), DEFAULT_LIMITS);
  const members: ArchiveMember[] = [];
  await openTars(file, { maxBytes: meter.maxStreamBytes }, async (component, chunks) => {
    const sink = options.sha256 === true ? new HashingSink() : new PlainSink();
    const reader = new TarReader({
      begin(entry) {
        meter.addMember(entry.path, entry.size);
        sink.begin(entry);
      },
      data: (chunk, offset) => sink.data(chunk, offset),
      end: () => members.push({ component, ...sink.end() }),
    });
    for await (const chunk of chunks) reader.write(chunk);
    reader.end();
  });
  return members;
}

class PlainSink {
  protected entry: TarEntry | undefined;

  begin(entry: TarEntry): void {
    this.entry = entry;
  }

  data(_chunk: Uint8Array, _offset: number): void {}

  end(): TarEntry & { readonly sha256?: string } {
    if (this.entry === undefined) throw new Error('no member has begun');
    return this.entry;
  }
}

class HashingSink extends PlainSink {
  #hash = createHash('sha256');
  #hashed = 0;

  override begin(entry: TarEntry): void {
    super.begin(entry);
    this.#hash = createHash('sha256');
    this.#hashed = 0;
  }

  override data(chunk: Uint8Array, offset: number): void {
    this.#zeros(offset);
    this.#hash.update(chunk);
    this.#hashed = offset + chunk.length;
  }

  override end(): TarEntry & { readonly sha256?: string } {
    const entry = super.end();
    if (entry.kind !== 'file') return entry;
    this.#zeros(entry.size);
    return { ...entry, sha256: this.#hash.digest('hex') };
  }

  #zeros(until: number): void {
    while (this.#hashed < until) {
      const count = Math.min(ZEROS.length, until - this.#hashed);
      this.#hash.update(ZEROS.subarray(0, count));
      this.#hashed += count;
    }
  }
}

const ZEROS = Buffer.alloc(64 * 1024);
