import { CONTROL, escapedCharacter, isWithin, RegexError, sameLetter } from './regex-character.ts';
import type { CharacterTest } from './regex-character.ts';

/** A regular expression, taken apart. */
export type RegexNode =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'sequence'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly node: RegexNode; readonly min: number; readonly max: number }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end' | 'word' | 'notWord' }
  | { readonly kind: 'look'; readonly node: RegexNode; readonly isNegative: boolean };

const MAX_PATTERN = 1000;
const MAX_REPEAT = 1000;

/** @throws {RegexError} */
export function parseRegex(pattern: string): RegexNode {
  if (pattern.length > MAX_PATTERN) {
    throw new RegexError(`it is longer than ${MAX_PATTERN} characters`, MAX_PATTERN);
  }
  const reader = new Reader(pattern);
  const node = readChoice(reader);
  if (!reader.isAtEnd()) throw new RegexError("unexpected ')'", reader.position);
  return node;
}

class Reader {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
  }

  isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  peek(): string {
    return this.text.charAt(this.position);
  }

  next(): string {
    if (this.isAtEnd()) throw new RegexError('it ends too early', this.position);
    return this.text.charAt(this.position++);
  }

  take(literal: string): boolean {
    if (!this.text.startsWith(literal, this.position)) return false;
    this.position += literal.length;
    return true;
  }
}

function readChoice(reader: Reader): RegexNode {
  const nodes = [readSequence(reader)];
  while (reader.take('|')) nodes.push(readSequence(reader));
  return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { kind: 'choice', nodes };
}

function readSequence(reader: Reader): RegexNode {
  const nodes: RegexNode[] = [];
  while (!reader.isAtEnd() && reader.peek() !== '|' && reader.peek() !== ')') {
    const start = reader.position;
    const atom = readAtom(reader);
    nodes.push(readRepeat(reader, atom, start));
  }
  return { kind: 'sequence', nodes };
}

function readRepeat(reader: Reader, atom: RegexNode, start: number): RegexNode {
  const bounds = readBounds(reader);
  if (bounds === undefined) return atom;
  if (atom.kind === 'edge' || atom.kind === 'look') throw new RegexError('nothing to repeat', start);
  reader.take('?');
  if (reader.peek() === '+') throw new RegexError('possessive repeats are not supported', reader.position);
  if (readBounds(reader) !== undefined) throw new RegexError('multiple repeat', reader.position - 1);
  return { kind: 'repeat', node: atom, ...bounds };
}

const BOUNDS = /\{(\d+)?(,)?(\d+)?\}/y;

function readBounds(reader: Reader): { min: number; max: number } | undefined {
  if (reader.take('*')) return { min: 0, max: Infinity };
  if (reader.take('+')) return { min: 1, max: Infinity };
  if (reader.take('?')) return { min: 0, max: 1 };
  BOUNDS.lastIndex = reader.position;
  const match = BOUNDS.exec(reader.text);
  if (match === null || (match[1] === undefined && match[3] === undefined)) return undefined;
  const min = Number(match[1] ?? 0);
  const max = match[2] === undefined ? min : Number(match[3] ?? Infinity);
  if (max < min || min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) {
    throw new RegexError('a repeat count is out of range', reader.position);
  }
  reader.position += match[0].length;
  return { min, max };
}

function readAtom(reader: Reader): RegexNode {
  const start = reader.position;
  const char = reader.next();
  switch (char) {
    case '(':
      return readGroup(reader);
    case '[':
      return { kind: 'character', test: readClass(reader) };
    case '.':
      return { kind: 'character', test: (c) => c !== '\n' };
    case '^':
      return { kind: 'edge', edge: 'start' };
    case '$':
      return { kind: 'edge', edge: 'end' };
    case '*':
    case '+':
    case '?':
      throw new RegexError('nothing to repeat', start);
    case '\\':
      return readEscapedAtom(reader);
    default:
      return literal(char);
  }
}

function readGroup(reader: Reader): RegexNode {
  const start = reader.position - 1;
  const isAhead = reader.take('?=');
  const isNegative = !isAhead && reader.take('?!');
  if (!isAhead && !isNegative && !reader.take('?:') && reader.peek() === '?') readName(reader);
  const node = readChoice(reader);
  if (!reader.take(')')) throw new RegexError("missing ')'", start);
  return isAhead || isNegative ? { kind: 'look', node, isNegative } : node;
}

const NAME = /\?P?<[a-z_]\w*>/iy;

function readName(reader: Reader): void {
  NAME.lastIndex = reader.position;
  const match = NAME.exec(reader.text);
  if (match === null) throw new RegexError('this kind of group is not supported', reader.position);
  reader.position += match[0].length;
}

function readEscapedAtom(reader: Reader): RegexNode {
  const start = reader.position - 1;
  const char = reader.next();
  if (char === 'b') return { kind: 'edge', edge: 'word' };
  if (char === 'B') return { kind: 'edge', edge: 'notWord' };
  if (char === 'A') return { kind: 'edge', edge: 'start' };
  if (char === 'Z' || char === 'z') return { kind: 'edge', edge: 'end' };
  if (/[1-9]/.test(char)) throw new RegexError('back-references are not supported', start);
  return { kind: 'character', test: escapedCharacter(char, start) };
}

function literal(char: string): RegexNode {
  const lower = char.toLowerCase();
  return { kind: 'character', test: (c) => c === lower };
}

function readClass(reader: Reader): CharacterTest {
  const start = reader.position - 1;
  const isNegated = reader.take('^');
  const tests: CharacterTest[] = [];
  for (let isFirst = true; isFirst || reader.peek() !== ']'; isFirst = false) {
    if (reader.isAtEnd()) throw new RegexError("missing ']'", start);
    tests.push(readClassItem(reader));
  }
  reader.next();
  const isMember: CharacterTest = (c) => tests.some((test) => test(c));
  return isNegated ? (c) => !isMember(c) : isMember;
}

function readClassItem(reader: Reader): CharacterTest {
  const start = reader.position;
  const low = readClassCharacter(reader);
  const isRange = reader.peek() === '-' && reader.text.charAt(reader.position + 1) !== ']';
  if (typeof low !== 'string' || !isRange) return typeof low === 'string' ? sameLetter(low) : low;
  reader.next();
  const high = readClassCharacter(reader);
  if (typeof high !== 'string' || high < low) throw new RegexError('bad character range', start);
  return (c) => isWithin(c, low, high) || isWithin(c.toUpperCase(), low, high);
}

function readClassCharacter(reader: Reader): string | CharacterTest {
  const start = reader.position;
  const char = reader.next();
  if (char !== '\\') return char;
  const escaped = reader.next();
  if (/[dDwWsS]/.test(escaped)) return escapedCharacter(escaped, start);
  return CONTROL[escaped] ?? escaped;
}
