import { invalidArchive } from './invalid-archive.ts';

export const BLOCK = 512;

/** The fields of a 512-byte header, before any extension is applied. */
export interface TarHeader {
  readonly type: string;
  readonly path: string;
  readonly target: string;
  readonly mode: number;
  readonly mtime: number;
  /** Bytes that follow, without padding. */
  readonly size: number;
}

/**
 * Parses a header block: old tar, ustar or GNU.
 * @throws {TcondaError} `INVALID_ARCHIVE`
 */
export function parseTarHeader(block: Buffer): TarHeader {
  if (!hasChecksum(block)) throw invalidArchive('tar header fails its checksum');
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? parseText(block, 345, 155) : '';
  const name = parseText(block, 0, 100);
  const flag = block[156] as number;
  return {
    type: flag === 0 ? '0' : String.fromCharCode(flag),
    path: prefix === '' ? name : `${prefix}/${name}`,
    target: parseText(block, 157, 100),
    mode: parseNumber(block, 100, 8) & 0o7777,
    mtime: parseNumber(block, 136, 12),
    size: parseSize(block, 124),
  };
}

/** A size field of 12 bytes. @throws {TcondaError} `INVALID_ARCHIVE` */
export function parseSize(block: Buffer, offset: number): number {
  const size = parseNumber(block, offset, 12);
  if (!Number.isSafeInteger(size) || size < 0) throw invalidArchive('tar member has an impossible size');
  return size;
}

/** Octal digits, or, with the first bit set, a big-endian number. */
function parseNumber(block: Buffer, offset: number, length: number): number {
  const first = block[offset] as number;
  if ((first & 0x80) !== 0) {
    let value = first === 0xff ? -1 : first & 0x7f;
    for (let i = 1; i < length; i += 1) value = value * 256 + (block[offset + i] as number);
    return value;
  }
  const text = block
    .toString('latin1', offset, offset + length)
    .replace(/\0.*$/s, '')
    .trim();
  if (text === '') return 0;
  if (!/^[0-7]+$/.test(text)) throw invalidArchive('tar header holds no number where one belongs');
  return Number.parseInt(text, 8);
}

function hasChecksum(block: Buffer): boolean {
  let sum = 8 * 0x20;
  let signedSum = sum;
  for (let i = 0; i < BLOCK; i += 1) {
    if (i >= 148 && i < 156) continue;
    const byte = block[i] as number;
    sum += byte;
    signedSum += byte > 127 ? byte - 256 : byte;
  }
  const stored = parseNumber(block, 148, 8);
  return stored === sum || stored === signedSum;
}

function parseText(block: Buffer, offset: number, length: number): string {
  const end = block.indexOf(0, offset);
  return decodeText(block.subarray(offset, end < 0 || end > offset + length ? offset + length : end));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws {TcondaError} `INVALID_ARCHIVE` when the bytes are no UTF-8: two names could become one */
export function decodeText(bytes: Uint8Array): string {
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw invalidArchive('tar member has a name that is no UTF-8', { cause });
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte > 127) return false;
  return true;
}

/**
 * Adds the records of a PAX extended header to `records`; an empty value takes a record away.
 * Repeated `GNU.sparse.*` records of format 0.0 are gathered under `GNU.sparse.map`.
 * @throws {TcondaError} `INVALID_ARCHIVE`
 */
export function parsePaxRecords(bytes: Buffer, records: Map<string, string>): void {
  const gathered: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 ? '' : bytes.toString('latin1', at, space);
    const end = at + Number.parseInt(digits, 10);
    const equals = bytes.indexOf(0x3d, space);
    if (
      !/^[1-9]\d{0,8}$/.test(digits) ||
      end > bytes.length ||
      equals < 0 ||
      equals >= end ||
      bytes[end - 1] !== 0x0a
    ) {
      throw invalidArchive('tar holds a broken PAX header');
    }
    const key = decodeText(bytes.subarray(space + 1, equals));
    // Only what has a meaning here must be text; others, such as file attributes, may be anything.
    if (KNOWN.has(key)) {
      const value = decodeText(bytes.subarray(equals + 1, end - 1));
      if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') gathered.push(value);
      else if (value === '') records.delete(key);
      else records.set(key, value);
    }
    at = end;
  }
  if (gathered.length > 0) records.set('GNU.sparse.map', gathered.join(','));
}

const KNOWN = new Set([
  'path',
  'linkpath',
  'size',
  'mtime',
  'GNU.sparse.major',
  'GNU.sparse.minor',
  'GNU.sparse.name',
  'GNU.sparse.map',
  'GNU.sparse.size',
  'GNU.sparse.realsize',
  'GNU.sparse.offset',
  'GNU.sparse.numbytes',
]);
