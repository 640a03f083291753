/**
 * Remembers the values of texts that were parsed, up to a bound: two generations of `limit` entries, of which
 * the older is dropped whole. A hit is one or two lookups; nothing is ever scanned or evicted one by one.
 */
export class ParseCache<T> {
  readonly #limit: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(text: string): T | undefined {
    const value = this.#young.get(text);
    if (value !== undefined) return value;
    const aged = this.#old.get(text);
    if (aged !== undefined) this.set(text, aged);
    return aged;
  }

  set(text: string, value: T): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, value);
  }
}
