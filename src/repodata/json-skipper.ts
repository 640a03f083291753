const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/**
 * Finds the end of one JSON value without reading it, in as many pieces as it comes. Nesting costs no stack, size no memory.
 */
export class JsonSkipper {
  #depth = 0;
  #inString = false;
  /** The last byte of the piece before was a backslash in a string. */
  #escaped = false;
  #begun = false;

  /** The offset behind the value, or -1 when it goes on behind `bytes`; then call again with the next piece. */
  skip(bytes: Uint8Array, start: number): number {
    let at = start;
    if (this.#escaped && at < bytes.length) {
      at += 1;
      this.#escaped = false;
    }
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (this.#inString) {
        if (byte === BACKSLASH) {
          at += 1;
          this.#escaped = at >= bytes.length;
        } else if (byte === QUOTE) {
          this.#inString = false;
          if (this.#depth === 0) return at + 1;
        }
        continue;
      }
      if (byte === QUOTE) {
        this.#inString = true;
      } else if (byte === 0x7b || byte === 0x5b) {
        this.#depth += 1;
      } else if (byte === 0x7d || byte === 0x5d) {
        // The bracket of what is around us ends a number.
        if (this.#depth === 0) return at;
        this.#depth -= 1;
        if (this.#depth === 0) return at + 1;
      } else if (this.#depth === 0) {
        if (byte === COMMA) return at;
        if (this.#begun && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) return at;
      }
      this.#begun = true;
    }
    return -1;
  }
}

/** Where what is no white space begins, from `start` on; the length of `bytes` when there is nothing. */
export function skipSpace(bytes: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
}
