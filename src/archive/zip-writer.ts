import { writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/**
 * Writes a ZIP of stored members to an open file, from its beginning. ZIP64 fields are used where a member needs them.
 * Times are 1980-01-01 throughout, so that the same members give the same bytes.
 */
export class ZipWriter {
  readonly #descriptor: number;
  readonly #entries: Entry[] = [];
  #position = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Writes the content first and then goes back for the header, which wants its size and checksum. */
  async add(name: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const header = this.#position;
    this.#position += localHeader({ name, header, size: 0, crc: 0 }).length;
    const start = this.#position;
    let crc = 0;
    for await (const chunk of chunks) {
      crc = crc32(chunk, crc);
      this.#write(chunk, this.#position);
      this.#position += chunk.length;
    }
    const entry = { name, header, size: this.#position - start, crc };
    this.#write(localHeader(entry), header);
    this.#entries.push(entry);
  }

  finish(): void {
    const start = this.#position;
    const directory = Buffer.concat(this.#entries.map(centralHeader));
    const end = Buffer.concat([directory, endRecords(this.#entries.length, start, directory.length)]);
    this.#write(end, start);
  }

  #write(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, position + done);
    }
  }
}

interface Entry {
  readonly name: string;
  /** Where its local header stands. */
  readonly header: number;
  readonly size: number;
  readonly crc: number;
}

const FULL = 0xffffffff;
/** 1980-01-01. */
const DATE = 0x21;
const UTF8_NAMES = 0x800;

/** Always with a ZIP64 field, since its length must not depend on the size. */
function localHeader(entry: Entry): Buffer {
  const name = Buffer.from(entry.name);
  const isWide = entry.size >= FULL;
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(isWide ? 45 : 20, 4);
  header.writeUInt16LE(UTF8_NAMES, 6);
  header.writeUInt16LE(DATE, 12);
  header.writeUInt32LE(entry.crc, 14);
  header.writeUInt32LE(isWide ? FULL : entry.size, 18);
  header.writeUInt32LE(isWide ? FULL : entry.size, 22);
  header.writeUInt16LE(name.length, 26);
  const extra = zip64Field([entry.size, entry.size]);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

function centralHeader(entry: Entry): Buffer {
  const name = Buffer.from(entry.name);
  const wide: number[] = [];
  if (entry.size >= FULL) wide.push(entry.size, entry.size);
  if (entry.header >= FULL) wide.push(entry.header);
  const extra = wide.length === 0 ? Buffer.alloc(0) : zip64Field(wide);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(0x0314, 4);
  header.writeUInt16LE(wide.length === 0 ? 20 : 45, 6);
  header.writeUInt16LE(UTF8_NAMES, 8);
  header.writeUInt16LE(DATE, 14);
  header.writeUInt32LE(entry.crc, 16);
  header.writeUInt32LE(Math.min(entry.size, FULL), 20);
  header.writeUInt32LE(Math.min(entry.size, FULL), 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE((0o100644 << 16) >>> 0, 38);
  header.writeUInt32LE(Math.min(entry.header, FULL), 42);
  return Buffer.concat([header, name, extra]);
}

function zip64Field(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return field;
}

function endRecords(count: number, start: number, length: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(length, 12);
  end.writeUInt32LE(Math.min(start, FULL), 16);
  if (start < FULL) return end;

  const wide = Buffer.alloc(56 + 20);
  wide.writeUInt32LE(0x06064b50, 0);
  wide.writeBigUInt64LE(44n, 4);
  wide.writeUInt16LE(45, 12);
  wide.writeUInt16LE(45, 14);
  wide.writeBigUInt64LE(BigInt(count), 24);
  wide.writeBigUInt64LE(BigInt(count), 32);
  wide.writeBigUInt64LE(BigInt(length), 40);
  wide.writeBigUInt64LE(BigInt(start), 48);
  wide.writeUInt32LE(0x07064b50, 56);
  wide.writeBigUInt64LE(BigInt(start + length), 64);
  wide.writeUInt32LE(1, 72);
  return Buffer.concat([wide, end]);
}
