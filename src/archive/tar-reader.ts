import { invalidArchive } from './invalid-archive.ts';
import { quotePath } from './quote-path.ts';
import type { TarEntry, TarKind } from './tar-entry.ts';
import { BLOCK, decodeText, parsePaxRecords, parseTarHeader, type TarHeader } from './tar-header.ts';
import { parseDecimal, parsePaxSparse, readGnuSparse, readPaxSparse, type Segment } from './tar-sparse.ts';

/** What is done with the members of a tar, in their order. */
export interface TarSink {
  begin(entry: TarEntry): void;
  /** Bytes of the file that began last, which belong at `offset`. Valid only until the call returns. */
  data(chunk: Uint8Array, offset: number): void;
  /** The member that began last is complete. */
  end(): void;
}

const NOTHING = Buffer.alloc(0);

/** Longest extended header or long name: far above what any system allows. */
const MAX_EXTENSION = 1024 * 1024;

/**
 * Reads a tar that is pushed to it in chunks of any size: ustar, GNU (long names, sparse files), PAX. Synchronous, copies no file data.
 *
 * Refuses devices, fifos and unknown types, sizes where none belong, and a tar without its end mark or with something behind it:
 * where two readers could see two different packages there is no package.
 */
export class TarReader {
  readonly #sink: TarSink;
  readonly #steps: Generator<number, void, Buffer>;
  /** Bytes wanted by the parser; negative: any, up to so many. 0 before the first step. */
  #wanted: number;
  #pending: Buffer = NOTHING;
  #isComplete = false;

  constructor(sink: TarSink) {
    this.#sink = sink;
    this.#steps = this.#parse();
    this.#wanted = this.#step(NOTHING);
  }

  /** @throws {TcondaError} `INVALID_ARCHIVE`, and what the sink throws */
  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    for (let at = 0; at < bytes.length;) {
      const missing = this.#wanted - this.#pending.length;
      const left = bytes.length - at;
      if (missing > left) {
        this.#pending = Buffer.concat([this.#pending, bytes.subarray(at)]);
        return;
      }
      const count = missing > 0 ? missing : Math.min(-this.#wanted, left);
      const fresh = bytes.subarray(at, at + count);
      at += count;
      const piece = this.#pending.length === 0 ? fresh : Buffer.concat([this.#pending, fresh]);
      this.#pending = NOTHING;
      this.#wanted = this.#step(piece);
    }
  }

  /** Says that there is no more. @throws {TcondaError} `INVALID_ARCHIVE` when there should be */
  end(): void {
    if (!this.#isComplete || this.#pending.length > 0) throw invalidArchive('tar ends too early');
  }

  #step(bytes: Buffer): number {
    const { value, done } = this.#steps.next(bytes);
    return done === true ? -Infinity : value;
  }

  *#parse(): Generator<number, void, Buffer> {
    const defaults = new Map<string, string>();
    let records = new Map<string, string>();
    let longPath: string | undefined;
    let longTarget: string | undefined;
    for (;;) {
      const block = yield* exactly(BLOCK);
      if (isZero(block)) break;
      const header = parseTarHeader(block);
      switch (header.type) {
        case 'x':
          parsePaxRecords(yield* extension(header), records);
          continue;
        case 'g':
          parsePaxRecords(yield* extension(header), defaults);
          continue;
        case 'L':
          longPath = trimmed(yield* extension(header));
          continue;
        case 'K':
          longTarget = trimmed(yield* extension(header));
          continue;
        default:
      }
      const all = defaults.size === 0 ? records : new Map([...defaults, ...records]);
      yield* this.#member(block, header, all, longPath, longTarget);
      records = new Map();
      longPath = undefined;
      longTarget = undefined;
    }
    if (records.size > 0 || longPath !== undefined || longTarget !== undefined) {
      throw invalidArchive('tar ends after a header without its member');
    }
    if (!isZero(yield* exactly(BLOCK))) throw invalidArchive('tar goes on after its end mark');
    this.#isComplete = true;
    for (;;) {
      if (!isZero(yield -BLOCK * 128)) throw invalidArchive('tar goes on after its end mark');
    }
  }

  *#member(
    block: Buffer,
    header: TarHeader,
    records: ReadonlyMap<string, string>,
    longPath: string | undefined,
    longTarget: string | undefined,
  ): Generator<number, void, Buffer> {
    const path = records.get('GNU.sparse.name') ?? records.get('path') ?? longPath ?? header.path;
    const target = records.get('linkpath') ?? longTarget ?? header.target;
    const stored = records.has('size') ? parseDecimal(records.get('size') ?? '') : header.size;
    const kind = kindOf(header.type, path);
    if (kind !== 'file' && stored !== 0)
      throw invalidArchive(`${quotePath(path)} is no file and yet has a size`);

    let taken = 0;
    let segments: readonly Segment[] | undefined;
    let size = stored;
    if (header.type === 'S') {
      ({ segments, realSize: size } = yield* readGnuSparse(block, exactly));
    } else if (records.get('GNU.sparse.major') === '1') {
      ({ segments, realSize: size, taken } = yield* readPaxSparse(records, exactly));
    } else {
      const map = parsePaxSparse(records);
      if (map !== undefined) ({ segments, realSize: size } = map);
    }
    const held = stored - taken;
    segments ??= [{ offset: 0, length: held }];
    if (segments.reduce((sum, segment) => sum + segment.length, 0) !== held) {
      throw invalidArchive(`${quotePath(path)} has a map that doesn't fit its data`);
    }

    const isLink = kind === 'symlink' || kind === 'hardlink';
    const mtime = records.has('mtime') ? Number(records.get('mtime')) : header.mtime;
    if (!Number.isFinite(mtime)) throw invalidArchive(`${quotePath(path)} has an impossible time`);
    this.#sink.begin({ kind, path, size, mode: header.mode, mtime, target: isLink ? target : '' });
    for (const segment of segments) {
      let { offset } = segment;
      const end = offset + segment.length;
      while (offset < end) {
        const chunk = yield offset - end;
        this.#sink.data(chunk, offset);
        offset += chunk.length;
      }
    }
    this.#sink.end();
    yield* exactly(padding(stored));
  }
}

function kindOf(type: string, path: string): TarKind {
  switch (type) {
    case '0':
      // Before ustar a directory was a file whose name ends in a slash.
      return path.endsWith('/') ? 'directory' : 'file';
    case '7':
    case 'S':
      return 'file';
    case '1':
      return 'hardlink';
    case '2':
      return 'symlink';
    case '5':
      return 'directory';
    case '3':
    case '4':
      throw invalidArchive(`${quotePath(path)} is a device`);
    case '6':
      throw invalidArchive(`${quotePath(path)} is a fifo`);
    default:
      throw invalidArchive(`${quotePath(path)} is of unknown type ${JSON.stringify(type)}`);
  }
}

function* exactly(length: number): Generator<number, Buffer, Buffer> {
  return length === 0 ? NOTHING : yield length;
}

function* extension(header: TarHeader): Generator<number, Buffer, Buffer> {
  if (header.size > MAX_EXTENSION) throw invalidArchive('tar holds an oversized extended header');
  const bytes = Buffer.from(yield* exactly(header.size));
  yield* exactly(padding(header.size));
  return bytes;
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function trimmed(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return decodeText(end < 0 ? bytes : bytes.subarray(0, end));
}

const ZEROS = Buffer.alloc(BLOCK * 128);

function isZero(bytes: Buffer): boolean {
  return bytes.equals(ZEROS.subarray(0, bytes.length));
}
