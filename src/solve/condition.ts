import { TcondaError } from '../errors.ts';
import { parseMatchSpec } from '../model/match-spec-text.ts';
import type { MatchSpec } from '../model/match-spec.ts';

/** When a conditional dependency applies (CEP 43), as alternatives: it does if every spec of one of them holds. */
export type Condition = readonly (readonly MatchSpec[])[];

/**
 * Reads `python >=3.9 and (__unix or __osx)`. `and` binds tighter than `or`.
 * @throws {TcondaError} `INVALID_MATCH_SPEC`
 */
export function parseCondition(text: string): Condition {
  const reader = new ConditionReader(splitTokens(text));
  return reader.readAll();
}

/** Parentheses, `and`, `or`, and what stands between them. Brackets and quotes of a spec are part of it. */
function splitTokens(text: string): readonly string[] {
  const tokens: string[] = [];
  let spec = '';
  const finish = (): void => {
    if (spec.trim() !== '') tokens.push(spec.trim());
    spec = '';
  };
  const pattern = /(\[(?:'[^']*'|"[^"]*"|[^\]'"])*\])|([()])|(?<![^\s()])(and|or)(?![^\s()])|([^])/gy;
  for (const [all, bracket, parenthesis, word] of text.matchAll(pattern)) {
    if (bracket === undefined && (parenthesis !== undefined || word !== undefined)) {
      finish();
      tokens.push(all);
    } else spec += all;
  }
  finish();
  return tokens;
}

class ConditionReader {
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  readAll(): Condition {
    const condition = this.#readOr();
    if (this.#position < this.#tokens.length) throw this.#invalid();
    return condition;
  }

  #readOr(): Condition {
    const alternatives = [...this.#readAnd()];
    while (this.#take('or')) alternatives.push(...this.#readAnd());
    return alternatives;
  }

  #readAnd(): Condition {
    let alternatives = this.#readUnit();
    while (this.#take('and')) {
      const more = this.#readUnit();
      alternatives = alternatives.flatMap((left) => more.map((right) => [...left, ...right]));
    }
    return alternatives;
  }

  #readUnit(): Condition {
    if (this.#take('(')) {
      const inner = this.#readOr();
      if (!this.#take(')')) throw this.#invalid();
      return inner;
    }
    const token = this.#tokens[this.#position++];
    if (token === undefined || ['and', 'or', ')'].includes(token)) throw this.#invalid();
    return [[parseMatchSpec(token)]];
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#position] !== token) return false;
    this.#position += 1;
    return true;
  }

  #invalid(): TcondaError {
    const text = this.#tokens.join(' ');
    return new TcondaError('INVALID_MATCH_SPEC', `Invalid condition '${text}'`, {
      data: { condition: text },
    });
  }
}
