import { TcondaError } from '../errors.ts';
import { parseMatchSpec } from '../model/match-spec-text.ts';
import type { MatchSpec } from '../model/match-spec.ts';

/** A record that can't be offered because one of its dependencies means nothing. */
export interface UnreadableDependency {
  readonly text: string;
  readonly reason: string;
}

/** Every distinct dependency of a question, numbered. The same text is parsed once. */
export class DependencyTable {
  readonly #numbers = new Map<string, number | UnreadableDependency>();
  readonly #specs: MatchSpec[] = [];
  readonly #texts: string[] = [];

  /** The number of a dependency as a record spells it. */
  number(text: string): number | UnreadableDependency {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#read(text);
    this.#numbers.set(text, number);
    return number;
  }

  /** Adds what is asked for by something else than a record. Is never shared. */
  add(spec: MatchSpec, text: string): number {
    this.#texts.push(text);
    return this.#specs.push(spec) - 1;
  }

  get specs(): readonly MatchSpec[] {
    return this.#specs;
  }

  text(number: number): string {
    return this.#texts[number] ?? '';
  }

  #read(text: string): number | UnreadableDependency {
    try {
      return this.add(parseMatchSpec(text), text);
    } catch (error) {
      if (error instanceof TcondaError) return { text, reason: error.message };
      throw error;
    }
  }
}
