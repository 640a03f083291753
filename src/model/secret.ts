const MASK = '***';

/** A value that must never be seen. Every way of turning it into text gives a mask; only `reveal()` gives the value. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. */
  reveal(): string {
    return this.#value;
  }

  /** A mask. */
  toString(): string {
    return MASK;
  }

  /** A mask. */
  toJSON(): string {
    return MASK;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return MASK;
  }
}
