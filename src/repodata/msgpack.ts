/** The bytes are no MessagePack. */
export class MsgpackError extends Error {}

/** Nesting that no shard has, and that no stack minds. */
const MAX_DEPTH = 100;
const NUMBERS = 0x7f;

/**
 * Decodes one MessagePack value: maps as objects, integers as numbers, extensions as undefined, `bin` as `readBinary` has it, by default
 * lower-case hex (all that indexes keep in it are digests). Short texts that repeat are made once, which is most of them: keys,
 * versions, dependencies.
 *
 * @throws {MsgpackError} damaged, cut off, something behind it, or a key that is no text
 */
export function decodeMsgpack(
  bytes: Buffer,
  readBinary: BinaryReader = (start, end) => bytes.toString('hex', start, end),
  readMap?: MapReader,
): unknown {
  const decoder = new Decoder(bytes, readBinary, readMap);
  const value = decoder.value(0);
  if (decoder.position !== bytes.length) throw new MsgpackError(`it goes on behind byte ${decoder.position}`);
  return value;
}

/** What becomes of the bytes from `start` to before `end`. */
export type BinaryReader = (start: number, end: number) => unknown;

/**
 * Reads a map inside the outermost one by itself: `count` members from `start` on. Undefined: it is decoded like others.
 */
export type MapReader = (start: number, count: number) => { readonly end: number } | undefined;

class Decoder {
  position = 0;
  readonly #bytes: Buffer;
  readonly #readBinary: BinaryReader;
  readonly #readMap: MapReader | undefined;

  constructor(bytes: Buffer, readBinary: BinaryReader, readMap: MapReader | undefined) {
    this.#bytes = bytes;
    this.#readBinary = readBinary;
    this.#readMap = readMap;
  }

  value(depth: number): unknown {
    const type = this.#uint(1);
    if (type <= NUMBERS) return type;
    if (type >= 0xe0) return type - 0x100;
    if (type >= 0xa0 && type <= 0xbf) return this.#text(type & 0x1f);
    if (type <= 0x8f) return this.#map(type & 0x0f, depth);
    if (type <= 0x9f) return this.#list(type & 0x0f, depth);
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#binary(this.#uint(1 << (type - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#uint(1 << (type - 0xc7)));
      case 0xca:
        return this.#bytes.readFloatBE(this.#take(4));
      case 0xcb:
        return this.#bytes.readDoubleBE(this.#take(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#uint(1 << (type - 0xcc));
      case 0xd0:
        return this.#bytes.readInt8(this.#take(1));
      case 0xd1:
        return this.#bytes.readInt16BE(this.#take(2));
      case 0xd2:
        return this.#bytes.readInt32BE(this.#take(4));
      case 0xd3:
        return Number(this.#bytes.readBigInt64BE(this.#take(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (type - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#uint(1 << (type - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#uint(type === 0xdc ? 2 : 4), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(type === 0xde ? 2 : 4), depth);
      default:
        throw new MsgpackError(`there is no type ${type}, at byte ${this.position - 1}`);
    }
  }

  #map(count: number, depth: number): object {
    this.#check(2 * count, depth);
    const read = depth === 1 ? this.#readMap?.(this.position, count) : undefined;
    if (read !== undefined) {
      this.position = read.end;
      return read;
    }
    const map: Record<string, unknown> = {};
    for (let index = 0; index < count; index += 1) {
      const key = this.value(depth + 1);
      if (typeof key !== 'string') throw new MsgpackError(`a key is no text, before byte ${this.position}`);
      const value = this.value(depth + 1);
      // No name and no field is called so; it would change what the object is.
      if (key !== '__proto__') map[key] = value;
    }
    return map;
  }

  #list(count: number, depth: number): unknown[] {
    this.#check(count, depth);
    const list: unknown[] = [];
    for (let index = 0; index < count; index += 1) list.push(this.value(depth + 1));
    return list;
  }

  /** Before a byte of the members is read: each takes one at least. */
  #check(members: number, depth: number): void {
    if (depth >= MAX_DEPTH) throw new MsgpackError('it is nested too deeply');
    if (members > this.#bytes.length - this.position) throw new MsgpackError('it is cut off');
  }

  #text(length: number): string {
    const start = this.#take(length);
    return internText(this.#bytes, start, start + length);
  }

  #binary(length: number): unknown {
    const start = this.#take(length);
    return this.#readBinary(start, start + length);
  }

  #extension(length: number): undefined {
    this.#take(1 + length);
    return undefined;
  }

  #uint(length: number): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let at = this.#take(length), end = at + length; at < end; at += 1)
      value = value * 256 + (bytes[at] ?? 0);
    return value;
  }

  /** Steps over `length` bytes; where they begin. */
  #take(length: number): number {
    const start = this.position;
    if (start + length > this.#bytes.length) throw new MsgpackError('it is cut off');
    this.position = start + length;
    return start;
  }
}

const LONGEST_INTERNED = 48;
const TABLE_MASK = 0x3fff;
const table: (string | undefined)[] = Array.from({ length: TABLE_MASK + 1 });

/** The text of these bytes, from a table of those seen lately where it can be. */
function internText(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > LONGEST_INTERNED) return bytes.toString('utf8', start, end);
  let hash = length;
  for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  const slot = (hash ^ (hash >>> 15)) & TABLE_MASK;
  const known = table[slot];
  if (known?.length === length && isSame(known, bytes, start)) return known;
  const text = bytes.toString('utf8', start, end);
  // Bytes and characters are compared one to one: only what is ASCII may be found again.
  if (text.length === length) table[slot] = text;
  return text;
}

function isSame(text: string, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
