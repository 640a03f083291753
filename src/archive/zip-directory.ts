import { invalidArchive } from './invalid-archive.ts';
import { quotePath } from './quote-path.ts';

/** A stretch of an archive. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** A member of a ZIP; the range is that of its bytes as they stand in the archive. */
export interface ZipMember extends ByteRange {
  readonly name: string;
  readonly isDeflated: boolean;
  /** Bytes of its content. */
  readonly size: number;
  readonly crc32: number;
}

/**
 * Reads the directory of a ZIP. The members of a `.conda` are stored (CEP 35); people who pack one anew deflate them, which is read too.
 *
 * Asks for stretches of the file by yielding them and is handed their bytes: whoever runs it decides where they come from.
 * Trusts the central directory alone, and refuses what would read differently elsewhere: encrypted or overlapping members,
 * a name that differs in the local header, bytes after the end.
 *
 * @throws {TcondaError} `INVALID_ARCHIVE`
 */
export function* readZipDirectory(size: number): Generator<ByteRange, readonly ZipMember[], Uint8Array> {
  const tailLength = Math.min(size, TAIL);
  const tail = view(yield { offset: size - tailLength, length: tailLength });
  const { count, start, length, end } = yield* findDirectory(tail, size - tailLength);
  if (count > MAX_MEMBERS || length > MAX_DIRECTORY) throw invalidArchive('ZIP directory is too large');
  if (start + length > end) throw invalidArchive('ZIP directory reaches beyond the archive');

  const directory = view(yield { offset: start, length });
  const entries = parseDirectory(directory, count).toSorted((a, b) => a.header - b.header);
  const members: ZipMember[] = [];
  for (const [index, entry] of entries.entries()) {
    const local = view(yield { offset: entry.header, length: LOCAL_HEADER + entry.rawName.length });
    if (local.byteLength < LOCAL_HEADER || local.getUint32(0, true) !== LOCAL_SIGNATURE) {
      throw invalidArchive(`ZIP member ${quotePath(entry.name)} is not where the directory says`);
    }
    if (
      local.getUint16(26, true) !== entry.rawName.length ||
      !bytesOf(local, LOCAL_HEADER).equals(entry.rawName)
    ) {
      throw invalidArchive(`ZIP member ${quotePath(entry.name)} has another name in its own header`);
    }
    const offset = entry.header + LOCAL_HEADER + entry.rawName.length + local.getUint16(28, true);
    const limit = entries[index + 1]?.header ?? start;
    if (offset + entry.stored > limit)
      throw invalidArchive(`ZIP member ${quotePath(entry.name)} overlaps another`);
    const { name, crc32, isDeflated, size, stored } = entry;
    members.push({ name, crc32, isDeflated, size, offset, length: stored });
  }
  return members;
}

/** End record and the longest comment; mostly the whole directory and the `info-` member come along. */
const TAIL = 65_557;
const MAX_MEMBERS = 1000;
const MAX_DIRECTORY = 16 * 1024 * 1024;
const END_SIGNATURE = 0x06054b50;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_END = 0x06064b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_HEADER = 30;
const CENTRAL_HEADER = 46;

interface Directory {
  readonly count: number;
  readonly start: number;
  readonly length: number;
  /** Where the records after the directory begin. */
  readonly end: number;
}

function* findDirectory(tail: DataView, tailOffset: number): Generator<ByteRange, Directory, Uint8Array> {
  const at = findEndRecord(tail);
  const count = tail.getUint16(at + 10, true);
  const length = tail.getUint32(at + 12, true);
  const start = tail.getUint32(at + 16, true);
  if (tail.getUint16(at + 4, true) !== tail.getUint16(at + 6, true))
    throw invalidArchive('ZIP is split into parts');
  const end = tailOffset + at;
  if (at < 20 || tail.getUint32(at - 20, true) !== ZIP64_LOCATOR) return { count, length, start, end };

  const recordOffset = toNumber(tail.getBigUint64(at - 12, true));
  if (recordOffset + 56 > end - 20) throw invalidArchive('ZIP64 end record lies outside');
  const record = view(yield { offset: recordOffset, length: 56 });
  if (record.byteLength < 56 || record.getUint32(0, true) !== ZIP64_END)
    throw invalidArchive('ZIP64 end record is missing');
  return {
    count: count === 0xffff ? toNumber(record.getBigUint64(32, true)) : count,
    length: length === 0xffffffff ? toNumber(record.getBigUint64(40, true)) : length,
    start: start === 0xffffffff ? toNumber(record.getBigUint64(48, true)) : start,
    end: recordOffset,
  };
}

/** The end record must close the file, its comment included. */
function findEndRecord(tail: DataView): number {
  for (let at = tail.byteLength - 22; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + 22 + tail.getUint16(at + 20, true) === tail.byteLength) return at;
  }
  throw invalidArchive('not a ZIP archive, or not a whole one');
}

interface DirectoryEntry {
  readonly name: string;
  readonly rawName: Buffer;
  readonly isDeflated: boolean;
  readonly size: number;
  /** Bytes in the archive. */
  readonly stored: number;
  readonly crc32: number;
  /** Where the local header stands. */
  readonly header: number;
}

function parseDirectory(directory: DataView, count: number): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  const names = new Set<string>();
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (at + CENTRAL_HEADER > directory.byteLength || directory.getUint32(at, true) !== CENTRAL_SIGNATURE) {
      throw invalidArchive('ZIP directory is damaged');
    }
    const nameLength = directory.getUint16(at + 28, true);
    const extraLength = directory.getUint16(at + 30, true);
    const extra = at + CENTRAL_HEADER + nameLength;
    const next = extra + extraLength + directory.getUint16(at + 32, true);
    if (next > directory.byteLength) throw invalidArchive('ZIP directory is damaged');
    const rawName = bytesOf(directory, at + CENTRAL_HEADER, extra);
    const name = rawName.toString('utf8');
    if (names.has(name)) throw invalidArchive(`ZIP member ${quotePath(name)} occurs twice`);
    names.add(name);
    if ((directory.getUint16(at + 8, true) & 1) !== 0)
      throw invalidArchive(`ZIP member ${quotePath(name)} is encrypted`);
    const method = directory.getUint16(at + 10, true);
    if (method !== 0 && method !== 8)
      throw invalidArchive(`ZIP member ${quotePath(name)} is compressed in an unknown way`);

    const { size, compressed: stored, header } = readZip64Extra(directory, extra, extra + extraLength, at);
    const isDeflated = method === 8;
    if (!isDeflated && size !== stored) throw invalidArchive(`ZIP member ${quotePath(name)} has two sizes`);
    entries.push({
      name,
      rawName,
      isDeflated,
      size,
      stored,
      crc32: directory.getUint32(at + 16, true),
      header,
    });
    at = next;
  }
  if (at !== directory.byteLength) throw invalidArchive('ZIP directory has unlisted members');
  return entries;
}

/** Sizes and position of the entry at `at`, from its ZIP64 field where the short ones are full. */
function readZip64Extra(
  directory: DataView,
  start: number,
  end: number,
  at: number,
): { readonly size: number; readonly compressed: number; readonly header: number } {
  let wide = -1;
  let wideEnd = -1;
  for (let field = start; field + 4 <= end;) {
    const length = directory.getUint16(field + 2, true);
    if (directory.getUint16(field, true) === 1 && wide < 0) {
      wide = field + 4;
      wideEnd = Math.min(wide + length, end);
    }
    field += 4 + length;
  }
  const take = (short: number): number => {
    if (short !== 0xffffffff) return short;
    if (wide < 0 || wide + 8 > wideEnd) throw invalidArchive('ZIP64 field is missing');
    wide += 8;
    return toNumber(directory.getBigUint64(wide - 8, true));
  };
  const size = take(directory.getUint32(at + 24, true));
  const compressed = take(directory.getUint32(at + 20, true));
  return { size, compressed, header: take(directory.getUint32(at + 42, true)) };
}

function toNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalidArchive('ZIP holds an impossible number');
  return Number(value);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bytesOf(data: DataView, start: number, end = data.byteLength): Buffer {
  return Buffer.from(data.buffer, data.byteOffset + start, Math.max(0, end - start));
}
