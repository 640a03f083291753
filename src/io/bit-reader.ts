/** Bits of `input`, most significant first. Past its end are zeros. */
export class BitReader {
  readonly input: Uint8Array;
  word = 0;
  available = 0;
  next: number;

  constructor(input: Uint8Array, start: number) {
    this.input = input;
    this.next = start >>> 3;
    if ((start & 7) > 0) this.read(start & 7);
  }

  get position(): number {
    return this.next * 8 - this.available;
  }

  /** The next `count` bits, at most 24. */
  read(count: number): number {
    while (this.available < count) {
      this.word = (this.word << 8) | (this.input[this.next] ?? 0);
      this.next += 1;
      this.available += 8;
    }
    this.available -= count;
    return (this.word >>> this.available) & ((1 << count) - 1);
  }
}
