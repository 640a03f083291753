import { BitReader } from './bit-reader.ts';
import { checksum } from './bzip2-checksum.ts';
import { CodeTable, FAST_BITS, MAX_CODE } from './bzip2-code-table.ts';
import { invalidBzip2 } from './invalid-bzip2.ts';

/** No block has more symbols than this, whatever its stream's level. */
const MAX_BLOCK = 900_000;
/** Bytes of input that hold any block: 900 000 codes of at most 20 bits, and its tables. */
export const MAX_COMPRESSED_BLOCK = 2_400_000;

const RUN_B = 1;
const GROUP = 50;

/** Working memory for one block; reused from block to block. */
export class BlockDecoder {
  readonly #tt = new Uint32Array(MAX_BLOCK);
  readonly #selectors = new Uint8Array(32_768);
  readonly #tables = Array.from({ length: 6 }, () => new CodeTable());
  readonly #lengths = new Uint8Array(258);
  readonly #mtf = new Uint8Array(256);
  readonly #starts = new Uint32Array(256);

  readonly #reuse: boolean;
  #output = new Uint8Array(0);

  /** Bit after the block, once `decode` returned. */
  position = 0;

  /** With `reuse`, all blocks are decoded into the same bytes. */
  constructor(reuse: boolean) {
    this.#reuse = reuse;
  }

  /**
   * Decodes the block whose bits begin at `start`, after magic and CRC, and gives its bytes: in a fresh array, unless they are to be reused.
   * Reads past the end of `input` count as zero bits: the caller compares `position` with what there was.
   *
   * @throws {TcondaError} `INVALID_ARCHIVE` when the bits are no block, or its CRC isn't `crc`
   */
  decode(input: Uint8Array, start: number, blockSize: number, crc: number): Uint8Array {
    const bits = new BitReader(input, start);
    if (bits.read(1) === 1) throw invalidBzip2('bzip2 block uses the withdrawn randomisation');
    const origin = bits.read(24);
    const count = this.#readSymbols(bits, blockSize);
    if (origin >= count) throw invalidBzip2('bzip2 block has no beginning');
    this.position = bits.position;
    const output = this.#restore(origin, count);
    if (checksum(output) !== crc) throw invalidBzip2('bzip2 block fails its checksum');
    return output;
  }

  /** Fills `#tt` with the transformed bytes and `#starts` with how often each occurs; gives their number. */
  #readSymbols(bits: BitReader, blockSize: number): number {
    const tt = this.#tt;
    const mtf = this.#mtf;
    const starts = this.#starts.fill(0);
    const used = readAlphabet(bits, mtf);
    const endOfBlock = used + 1;
    const selectorCount = this.#readTables(bits, used + 2);
    const input = bits.input;
    let { word, available, next } = bits;

    let count = 0;
    let run = 0;
    let weight = 1;
    for (let group = 0; group < selectorCount; group += 1) {
      const { fast, limit, base, order } = this.#tables[this.#selectors[group] as number] as CodeTable;
      for (let left = GROUP; left > 0; left -= 1) {
        while (available <= 24) {
          word = (word << 8) | (input[next] as number);
          next += 1;
          available += 8;
        }
        // A code and its length from the first bits, or, for the few long codes, by comparing length by length.
        const ahead = (word << (32 - available)) >>> 0;
        const entry = fast[ahead >>> (32 - FAST_BITS)] as number;
        let length = entry & 31;
        let symbol = entry >> 5;
        if (length === 0) {
          length = FAST_BITS + 1;
          while (length <= MAX_CODE && ahead >>> (32 - length) > (limit[length] as number)) length += 1;
          if (length > MAX_CODE) throw invalidBzip2('bzip2 block holds no such code');
          symbol = order[(ahead >>> (32 - length)) - (base[length] as number)] as number;
        }
        available -= length;

        if (symbol <= RUN_B) {
          run += weight << symbol;
          weight <<= 1;
          if (run > blockSize) throw invalidBzip2('bzip2 block is too long');
          continue;
        }
        if (run > 0) {
          if (count + run > blockSize) throw invalidBzip2('bzip2 block is too long');
          const byte = mtf[0] as number;
          starts[byte] = (starts[byte] as number) + run;
          tt.fill(byte, count, count + run);
          count += run;
          run = 0;
          weight = 1;
        }
        if (symbol === endOfBlock) {
          bits.word = word;
          bits.available = available;
          bits.next = next;
          return count;
        }
        if (count >= blockSize) throw invalidBzip2('bzip2 block is too long');
        let index = symbol - 1;
        const byte = mtf[index] as number;
        if (index > 16) mtf.copyWithin(1, 0, index);
        else for (; index > 0; index -= 1) mtf[index] = mtf[index - 1] as number;
        mtf[0] = byte;
        starts[byte] = (starts[byte] as number) + 1;
        tt[count] = byte;
        count += 1;
      }
    }
    throw invalidBzip2('bzip2 block has no end');
  }

  /** Reads the selectors and the code lengths of each table; gives the number of selectors. */
  #readTables(bits: BitReader, alphabet: number): number {
    const tables = bits.read(3);
    const selectorCount = bits.read(15);
    if (tables < 2 || tables > 6 || selectorCount < 1) throw invalidBzip2('bzip2 block has a wrong header');
    const recent = [0, 1, 2, 3, 4, 5];
    for (let i = 0; i < selectorCount; i += 1) {
      let place = 0;
      while (bits.read(1) === 1) place += 1;
      if (place >= tables) throw invalidBzip2('bzip2 block has a wrong selector');
      const [table] = recent.splice(place, 1) as [number];
      recent.unshift(table);
      this.#selectors[i] = table;
    }
    const lengths = this.#lengths;
    for (let table = 0; table < tables; table += 1) {
      let length = bits.read(5);
      for (let symbol = 0; symbol < alphabet; symbol += 1) {
        while (true) {
          if (length < 1 || length > MAX_CODE) throw invalidBzip2('bzip2 block has a wrong code length');
          if (bits.read(1) === 0) break;
          length += bits.read(1) === 0 ? 1 : -1;
        }
        lengths[symbol] = length;
      }
      (this.#tables[table] as CodeTable).build(lengths, alphabet);
    }
    return selectorCount;
  }

  /** Undoes the Burrows-Wheeler transform and the run lengths beneath it. */
  #restore(origin: number, count: number): Uint8Array {
    const tt = this.#tt;
    const starts = this.#starts;
    let sum = 0;
    for (let byte = 0; byte < 256; byte += 1) {
      const times = starts[byte] as number;
      starts[byte] = sum;
      sum += times;
    }
    for (let i = 0; i < count; i += 1) {
      const byte = (tt[i] as number) & 0xff;
      const target = starts[byte] as number;
      starts[byte] = target + 1;
      tt[target] = (tt[target] as number) | (i << 8);
    }

    let output = this.#output.length >= count + 1024 ? this.#output : new Uint8Array(count + 1024);
    let length = 0;
    let same = 0;
    let previous = -1;
    let entry = tt[(tt[origin] as number) >>> 8] as number;
    for (let left = count; left > 0; left -= 1) {
      const byte = entry & 0xff;
      entry = tt[entry >>> 8] as number;
      if (same === 4) {
        // After four equal bytes stands how many more follow.
        if (length + byte + left > output.length) output = grown(output, length, length + byte + left);
        output.fill(previous, length, length + byte);
        length += byte;
        same = 0;
        previous = -1;
        continue;
      }
      same = byte === previous ? same + 1 : 1;
      previous = byte;
      output[length] = byte;
      length += 1;
    }
    if (this.#reuse && output.length <= MOST_KEPT) this.#output = output;
    return output.subarray(0, length);
  }
}

/** Bytes of output that are worth keeping. A run can make a block fifty times as long. */
const MOST_KEPT = 4 * MAX_BLOCK;

/** Fills `mtf` with the bytes that occur, in order; gives their number. */
function readAlphabet(bits: BitReader, mtf: Uint8Array): number {
  const ranges = bits.read(16);
  let used = 0;
  for (let range = 0; range < 16; range += 1) {
    if ((ranges & (0x8000 >> range)) === 0) continue;
    const members = bits.read(16);
    for (let member = 0; member < 16; member += 1) {
      if ((members & (0x8000 >> member)) === 0) continue;
      mtf[used] = range * 16 + member;
      used += 1;
    }
  }
  if (used === 0) throw invalidBzip2('bzip2 block has no alphabet');
  return used;
}

function grown(bytes: Uint8Array, length: number, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, bytes.length * 2));
  larger.set(bytes.subarray(0, length));
  return larger;
}
