import { TcondaError } from '../errors.ts';
import { parseMatchSpec } from '../model/match-spec-text.ts';
import { matchesRecord, type MatchableRecord, type MatchSpec } from '../model/match-spec.ts';
import { type Alternatives, openAlternatives } from './condition.ts';

/** A record that can't be offered because one of its dependencies means nothing. */
export interface UnreadableDependency {
  readonly text: string;
  readonly reason: string;
}

/** Every distinct dependency of a question, numbered. The same text is parsed once. */
export class DependencyTable {
  readonly #virtual: readonly MatchableRecord[];
  readonly #numbers = new Map<string, number | UnreadableDependency>();
  readonly #specs: MatchSpec[] = [];
  readonly #texts: string[] = [];
  readonly #conditions: (Alternatives | undefined)[] = [];

  /** @param virtual what is known of the system from the start, so that conditions on it can be decided */
  constructor(virtual: readonly MatchableRecord[]) {
    this.#virtual = virtual;
  }

  /** The number of a dependency as a record spells it. */
  number(text: string): number | UnreadableDependency {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#read(text);
    this.#numbers.set(text, number);
    return number;
  }

  /**
   * What is left to be decided about when a dependency applies: nothing (undefined) when it always does, no alternative
   * when it never does.
   */
  condition(number: number): Alternatives | undefined {
    return this.#conditions[number];
  }

  /** What the virtual packages leave of a condition. */
  remaining(when: string | undefined): Alternatives | undefined {
    if (when === undefined) return undefined;
    const open = openAlternatives(when, (spec) => (isVirtual(spec) ? this.#hasVirtual(spec) : undefined));
    return open.some((specs) => specs.length === 0) ? undefined : open;
  }

  get specs(): readonly MatchSpec[] {
    return this.#specs;
  }

  text(number: number): string {
    return this.#texts[number] ?? '';
  }

  #read(text: string): number | UnreadableDependency {
    try {
      const spec = parseMatchSpec(text);
      const condition = this.remaining(spec.when);
      this.#texts.push(text);
      this.#conditions.push(condition);
      return this.#specs.push(spec) - 1;
    } catch (error) {
      if (error instanceof TcondaError) return { text, reason: error.message };
      throw error;
    }
  }

  #hasVirtual(spec: MatchSpec): boolean {
    return this.#virtual.some((record) => matchesRecord(spec, record));
  }
}

function isVirtual(spec: MatchSpec): boolean {
  return spec.name.startsWith('__');
}
