import { TcondaError } from '../errors.ts';
import { parseMatchSpec } from './match-spec-text.ts';
import type { MatchSpecOptions } from './match-spec-text.ts';
import type { MatchSpec } from './match-spec.ts';
import { shorten } from './shorten.ts';

/** When a dependency applies (CEP 43). A spec holds if a package of the solution, or a virtual one, matches it. */
export type Condition =
  | { readonly kind: 'spec'; readonly spec: MatchSpec }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] };

const MAX_DEPTH = 64;

/**
 * Reads the value of `when=`: specs joined by `and`, which binds tighter, and `or`, with parentheses.
 * @throws {TcondaError} `INVALID_MATCH_SPEC`
 */
export function parseCondition(text: string, options: MatchSpecOptions = {}): Condition {
  const tokens = tokensOf(text);
  let at = 0;
  const fail = (why: string): never => {
    const position = tokens[at]?.start ?? text.length;
    throw new TcondaError('INVALID_MATCH_SPEC', `Invalid condition '${shorten(text, 120)}': ${why}`, {
      data: { spec: text, position },
    });
  };
  const readGroup = (kind: 'and' | 'or', depth: number): Condition => {
    const readPart = (): Condition => (kind === 'or' ? readGroup('and', depth) : readUnit(depth));
    const conditions = [readPart()];
    while (tokens[at]?.text === kind) {
      at++;
      conditions.push(readPart());
    }
    return conditions.length === 1 && conditions[0] !== undefined ? conditions[0] : { kind, conditions };
  };
  const readUnit = (depth: number): Condition => {
    const token = tokens[at];
    if (token === undefined || ['and', 'or', ')'].includes(token.text)) return fail('a spec is missing');
    at++;
    if (token.text !== '(') return { kind: 'spec', spec: readSpec(token.text) };
    if (depth >= MAX_DEPTH) return fail('it is nested too deep');
    const inner = readGroup('or', depth + 1);
    if (tokens[at]?.text !== ')') return fail("missing ')'");
    at++;
    return inner;
  };
  const readSpec = (spec: string): MatchSpec => {
    const parsed = parseMatchSpec(spec, options);
    return parsed.when === undefined ? parsed : fail('a condition can have no condition of its own');
  };
  const condition = readGroup('or', 0);
  if (at < tokens.length) fail('it goes on after its end');
  return condition;
}

/** Whether a condition holds where `isMet` says which specs do. */
export function holdsCondition(condition: Condition, isMet: (spec: MatchSpec) => boolean): boolean {
  switch (condition.kind) {
    case 'spec':
      return isMet(condition.spec);
    case 'and':
      return condition.conditions.every((part) => holdsCondition(part, isMet));
    case 'or':
      return condition.conditions.some((part) => holdsCondition(part, isMet));
  }
}

interface Token {
  readonly text: string;
  readonly start: number;
}

/** Words that stand free of brackets are joined to specs; `and`, `or` and parentheses stand alone. */
function tokensOf(quoted: string): readonly Token[] {
  const text = quoted.replaceAll(/\\(["'\\])/g, '$1');
  const tokens: { text: string; start: number }[] = [];
  let isOpen = false;
  for (const { word, start } of wordsOf(text)) {
    const last = tokens.at(-1);
    const isSign = word === 'and' || word === 'or' || word === '(' || word === ')';
    if (!isSign && isOpen && last !== undefined) last.text += ` ${word}`;
    else tokens.push({ text: word, start });
    isOpen = !isSign;
  }
  return tokens;
}

function* wordsOf(text: string): Generator<{ word: string; start: number }> {
  let start = -1;
  let depth = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = text.charAt(at);
    if (char === '[') depth++;
    else if (char === ']') depth = Math.max(0, depth - 1);
    const isParenthesis = depth === 0 && (char === '(' || char === ')');
    const isEnd = char === '' || (depth === 0 && char === ' ') || isParenthesis;
    if (!isEnd) {
      if (start === -1) start = at;
      continue;
    }
    if (start !== -1) yield { word: text.slice(start, at), start };
    start = -1;
    if (isParenthesis) yield { word: char, start: at };
  }
}
