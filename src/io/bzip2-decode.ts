import { BitReader } from './bit-reader.ts';
import { BlockDecoder, MAX_COMPRESSED_BLOCK } from './bzip2-block.ts';
import { invalidBzip2 } from './invalid-bzip2.ts';

const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;

/**
 * Decompresses bzip2, block by block: one stream or several in a row, as parallel compressors write them.
 * Yields the bytes of each block; with `reuse`, they are valid only until the next one. Each of `chunks` is read before the next one is
 * asked for. Memory: about 8 MB and the output of one block.
 *
 * @throws {TcondaError} `INVALID_ARCHIVE` when the input is no bzip2, is damaged, ends early, or goes on with something else
 */
export function* decodeBzip2(
  chunks: Iterable<Uint8Array>,
  { reuse = false }: { readonly reuse?: boolean } = {},
): Generator<Uint8Array> {
  const input = new Window(chunks);
  const decoder = new BlockDecoder(reuse);
  let streams = 0;
  while (input.fill(14) > 0) {
    const blockSize = readStreamHeader(input.bytes);
    let position = 32;
    let combined = 0;
    while (true) {
      position = input.discard(position);
      input.fill(MAX_COMPRESSED_BLOCK);
      const bits = new BitReader(input.bytes, position);
      const magic = [bits.read(24), bits.read(24)] as const;
      const crc = ((bits.read(16) << 16) | bits.read(16)) >>> 0;
      if (isSame(magic, END_MAGIC)) {
        if (bits.position > input.bytes.length * 8) throw invalidBzip2('bzip2 data ends too early');
        if (crc !== combined) throw invalidBzip2('bzip2 data fails its checksum');
        input.discard((bits.position + 7) & ~7);
        break;
      }
      if (!isSame(magic, BLOCK_MAGIC)) {
        const isCut = bits.position > input.bytes.length * 8;
        throw invalidBzip2(isCut ? 'bzip2 data ends too early' : 'bzip2 data is damaged');
      }
      const output = decoder.decode(input.bytes, bits.position, blockSize, crc);
      position = decoder.position;
      if (position > input.bytes.length * 8) throw invalidBzip2('bzip2 data ends too early');
      combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0;
      yield output;
    }
    streams += 1;
  }
  if (streams === 0) throw invalidBzip2('bzip2 data is empty');
}

/** The block size that `BZh1` to `BZh9` announces. */
function readStreamHeader(bytes: Uint8Array): number {
  const level = (bytes[3] ?? 0) - 0x30;
  if (bytes[0] !== 0x42 || bytes[1] !== 0x5a || bytes[2] !== 0x68 || level < 1 || level > 9) {
    throw invalidBzip2('not bzip2 data');
  }
  return level * 100_000;
}

function isSame(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** A stretch of the input in one piece. */
class Window {
  readonly #chunks: Iterator<Uint8Array>;
  #buffer = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #isDone = false;

  constructor(chunks: Iterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.iterator]();
  }

  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Reads on until there are `wanted` bytes, or the input has ended; gives how many there are. */
  fill(wanted: number): number {
    if (this.#buffer.length < wanted) this.#move(wanted * 2);
    while (this.#end - this.#start < wanted && !this.#isDone) {
      const { value, done } = this.#chunks.next();
      if (done === true) this.#isDone = true;
      else this.#append(value);
    }
    return this.#end - this.#start;
  }

  /** Drops the bytes before bit `position`; gives where that bit is now. */
  discard(position: number): number {
    this.#start = Math.min(this.#start + (position >>> 3), this.#end);
    return position & 7;
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#end - this.#start + chunk.length;
    if (this.#end + chunk.length > this.#buffer.length) {
      this.#move(needed > this.#buffer.length ? needed * 2 : this.#buffer.length);
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Moves what is left to the beginning of a buffer of `size` bytes. */
  #move(size: number): void {
    const kept = this.bytes;
    const buffer = size === this.#buffer.length ? this.#buffer : new Uint8Array(size);
    buffer.set(kept);
    this.#buffer = buffer;
    this.#end = kept.length;
    this.#start = 0;
  }
}
