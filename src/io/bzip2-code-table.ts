import { invalidBzip2 } from './invalid-bzip2.ts';

/** How many bits are looked up at once. */
export const FAST_BITS = 10;
/** Bits of the longest code. */
export const MAX_CODE = 20;

/** Canonical Huffman codes of one table, to be looked up by their first bits. */
export class CodeTable {
  /** By the first bits: `symbol << 5 | length`; 0 for codes that are longer. */
  readonly fast = new Uint16Array(1 << FAST_BITS);
  /** Symbols in the order of their codes. */
  readonly order = new Uint16Array(258);
  /** By length: the last code of it. */
  readonly limit = new Int32Array(MAX_CODE + 2);
  /** By length: what a code of it has more than its symbol's place in `order`. */
  readonly base = new Int32Array(MAX_CODE + 2);

  /**
   * @param lengths of the code of each symbol, in bits
   * @throws {TcondaError} `INVALID_ARCHIVE`
   */
  build(lengths: Uint8Array, alphabet: number): void {
    this.fast.fill(0);
    let code = 0;
    let place = 0;
    for (let length = 1; length <= MAX_CODE; length += 1) {
      this.base[length] = code - place;
      for (let symbol = 0; symbol < alphabet; symbol += 1) {
        if (lengths[symbol] !== length) continue;
        this.order[place] = symbol;
        place += 1;
        if (length <= FAST_BITS) {
          const shift = FAST_BITS - length;
          this.fast.fill((symbol << 5) | length, code << shift, (code + 1) << shift);
        }
        code += 1;
      }
      if (code > 1 << length) throw invalidBzip2('bzip2 block has impossible codes');
      this.limit[length] = code - 1;
      code <<= 1;
    }
  }
}
