import { checksum } from '../io/bzip2-checksum.ts';
import { transformBlock } from './burrows-wheeler.ts';
import { chooseTables, GROUP, MAX_LENGTH } from './bzip2-coding.ts';

/** Bytes of a level 9 block, less what the reference encoder keeps free. */
const BLOCK_SIZE = 900_000 - 19;

/** Compresses to bzip2 at level 9. The same bytes give the same bytes, however they are cut into chunks. */
export function* encodeBzip2(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  const bits = new BitWriter();
  bits.write(8, 0x42);
  bits.write(8, 0x5a);
  bits.write(8, 0x68);
  bits.write(8, 0x39);
  let combined = 0;
  const runs = new RunEncoder();
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      at = runs.add(chunk, at);
      if (!runs.isFull) continue;
      combined = writeBlock(bits, runs.take(), combined);
      yield bits.takeWhole();
    }
  }
  if (!runs.isEmpty) combined = writeBlock(bits, runs.take(), combined);
  bits.write(24, 0x177245);
  bits.write(24, 0x385090);
  bits.write(16, combined >>> 16);
  bits.write(16, combined & 0xffff);
  bits.align();
  yield bits.takeWhole();
}

interface Block {
  /** After the first run-length coding. */
  readonly bytes: Uint8Array;
  readonly crc: number;
}

function writeBlock(bits: BitWriter, block: Block, combined: number): number {
  const { bytes, origin } = transformBlock(block.bytes);
  bits.write(24, 0x314159);
  bits.write(24, 0x265359);
  bits.write(16, block.crc >>> 16);
  bits.write(16, block.crc & 0xffff);
  bits.write(1, 0);
  bits.write(24, origin);
  writeSymbols(bits, bytes);
  return (((combined << 1) | (combined >>> 31)) ^ block.crc) >>> 0;
}

/** Four equal bytes are followed by how many more of them there are, up to 251. */
class RunEncoder {
  readonly #bytes = new Uint8Array(BLOCK_SIZE + 8);
  #length = 0;
  #byte = -1;
  #run = 0;
  #raw: Uint8Array[] = [];

  get isFull(): boolean {
    return this.#length >= BLOCK_SIZE - 5;
  }

  get isEmpty(): boolean {
    return this.#length === 0 && this.#run === 0;
  }

  /** Takes bytes of `chunk` from `start` on, until the block is full; gives where it stopped. */
  add(chunk: Uint8Array, start: number): number {
    let at = start;
    while (at < chunk.length && !this.isFull) {
      const byte = chunk[at] as number;
      if (byte !== this.#byte || this.#run === 255) {
        this.#flush();
        this.#byte = byte;
      }
      this.#run += 1;
      at += 1;
    }
    this.#raw.push(chunk.slice(start, at));
    return at;
  }

  take(): Block {
    this.#flush();
    const block = { bytes: this.#bytes.slice(0, this.#length), crc: checksum(Buffer.concat(this.#raw)) };
    this.#length = 0;
    this.#byte = -1;
    this.#raw = [];
    return block;
  }

  #flush(): void {
    if (this.#run === 0) return;
    const count = Math.min(this.#run, 4);
    this.#bytes.fill(this.#byte, this.#length, this.#length + count);
    this.#length += count;
    if (count === 4) {
      this.#bytes[this.#length] = this.#run - 4;
      this.#length += 1;
    }
    this.#run = 0;
  }
}

function writeSymbols(bits: BitWriter, transformed: Uint8Array): void {
  const present = new Uint8Array(256);
  for (const byte of transformed) present[byte] = 1;
  writeAlphabet(bits, present);
  const used = present.reduce((sum, flag) => sum + flag, 0);
  const alphabet = used + 2;
  const symbols = moveToFront(transformed, present, alphabet - 1);

  const { tables, selectors } = chooseTables(symbols, alphabet);
  bits.write(3, tables.length);
  bits.write(15, selectors.length);
  const recent = [...tables.keys()];
  for (const selector of selectors) {
    const place = recent.indexOf(selector);
    for (let i = 0; i < place; i += 1) bits.write(1, 1);
    bits.write(1, 0);
    recent.splice(place, 1);
    recent.unshift(selector);
  }
  for (const lengths of tables) writeLengths(bits, lengths);
  const codes = tables.map(canonicalCodes);
  for (let group = 0; group < selectors.length; group += 1) {
    const selector = selectors[group] as number;
    const lengths = tables[selector] as Uint8Array;
    const code = codes[selector] as Uint32Array;
    const end = Math.min((group + 1) * GROUP, symbols.length);
    for (let i = group * GROUP; i < end; i += 1) {
      const symbol = symbols[i] as number;
      bits.write(lengths[symbol] as number, code[symbol] as number);
    }
  }
}

function writeAlphabet(bits: BitWriter, present: Uint8Array): void {
  const ranges = Array.from({ length: 16 }, (_, range) => present.subarray(range * 16, range * 16 + 16));
  for (const range of ranges) bits.write(1, range.includes(1) ? 1 : 0);
  for (const range of ranges) {
    if (range.includes(1)) for (const flag of range) bits.write(1, flag);
  }
}

/** Each byte as its place among the recently used; runs of place 0 as numbers in base two with digits 1 and 2; `end` at the end. */
function moveToFront(bytes: Uint8Array, present: Uint8Array, end: number): Uint16Array {
  const symbols = new Uint16Array(bytes.length + 1);
  const recent = Uint8Array.from([...present.keys()].filter((byte) => present[byte] === 1));
  let length = 0;
  let run = 0;
  const flush = (): void => {
    for (; run > 0; run = (run - 1) >>> 1) {
      symbols[length] = (run & 1) === 1 ? 0 : 1;
      length += 1;
    }
  };
  for (const byte of bytes) {
    if (recent[0] === byte) {
      run += 1;
      continue;
    }
    if (run > 0) flush();
    const place = recent.indexOf(byte);
    recent.copyWithin(1, 0, place);
    recent[0] = byte;
    symbols[length] = place + 1;
    length += 1;
  }
  flush();
  symbols[length] = end;
  return symbols.subarray(0, length + 1);
}

function writeLengths(bits: BitWriter, lengths: Uint8Array): void {
  let current = lengths[0] as number;
  bits.write(5, current);
  for (const length of lengths) {
    for (; current < length; current += 1) bits.write(2, 0b10);
    for (; current > length; current -= 1) bits.write(2, 0b11);
    bits.write(1, 0);
  }
}

function canonicalCodes(lengths: Uint8Array): Uint32Array {
  const codes = new Uint32Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= MAX_LENGTH; length += 1) {
    for (const [symbol, own] of lengths.entries()) {
      if (own !== length) continue;
      codes[symbol] = code;
      code += 1;
    }
    code <<= 1;
  }
  return codes;
}

/** Bits into bytes, most significant first. */
class BitWriter {
  #bytes = new Uint8Array(1 << 20);
  #length = 0;
  #word = 0;
  #count = 0;

  /** At most 24 bits. */
  write(count: number, value: number): void {
    this.#word = (this.#word << count) | value;
    this.#count += count;
    while (this.#count >= 8) {
      this.#count -= 8;
      if (this.#length === this.#bytes.length) this.#grow();
      this.#bytes[this.#length] = this.#word >>> this.#count;
      this.#length += 1;
    }
    this.#word &= (1 << this.#count) - 1;
  }

  align(): void {
    if (this.#count > 0) this.write(8 - this.#count, 0);
  }

  /** The whole bytes so far. */
  takeWhole(): Uint8Array {
    const whole = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return whole;
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
