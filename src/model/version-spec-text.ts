import { TcondaError } from '../errors.ts';
import { RegexError } from './regex-character.ts';
import { shorten } from './shorten.ts';
import { parseStringPattern } from './string-pattern.ts';
import type { VersionClause, VersionGroup, VersionRelation, VersionSpec } from './version-spec.ts';
import { parseVersion } from './version.ts';
import type { Version } from './version.ts';

/** Deeper than anyone writes, and far from the end of the call stack. */
const MAX_DEPTH = 64;

const SEPARATOR = /[()|,]/g;

/**
 * Reads `or := and ("|" and)*`, `and := unit ("," unit)*`, `unit := "(" or ")" | clause`, in one pass.
 * @throws {TcondaError} `INVALID_VERSION_SPEC`
 */
export function readVersionSpec(text: string): VersionSpec {
  let position = 0;
  let token = nextToken();

  function nextToken(): Token {
    while (isBlank(text.charAt(position))) position++;
    const start = position;
    position = tokenEnd(text, start);
    return { text: text.slice(start, position).trimEnd(), start };
  }
  function advance(): Token {
    const taken = token;
    token = nextToken();
    return taken;
  }
  function readGroup(kind: VersionGroup['kind'], depth: number): VersionSpec {
    const sign = kind === 'or' ? '|' : ',';
    const readPart = (): VersionSpec => (kind === 'or' ? readGroup('and', depth) : readUnit(depth));
    const specs = [readPart()];
    while (token.text === sign) {
      advance();
      specs.push(readPart());
    }
    return specs.length === 1 && specs[0] !== undefined ? specs[0] : groupOf(kind, specs);
  }
  function readUnit(depth: number): VersionSpec {
    const { text: first, start } = advance();
    if (first === '') throw invalid(text, 'something is missing', start);
    if (first === ')' || first === ',' || first === '|') {
      throw invalid(text, `a version is missing before '${first}'`, start);
    }
    if (first !== '(') return readClause(first, start, text);
    if (depth >= MAX_DEPTH) throw invalid(text, 'it is nested too deep', start);
    const inner = readGroup('or', depth + 1);
    if (advance().text !== ')') throw invalid(text, "missing ')'", start);
    return inner;
  }

  const spec = readGroup('or', 0);
  if (token.text !== '') throw invalid(text, `'${shorten(token.text)}' does not belong here`, token.start);
  return spec;
}

interface Token {
  /** Empty at the end of the text. */
  readonly text: string;
  readonly start: number;
}

/** A regex runs to its `$` whatever is inside; anything else is a sign or a run between signs. */
function tokenEnd(text: string, start: number): number {
  const first = text.charAt(start);
  if (first === '^') {
    const end = text.indexOf('$', start);
    return end === -1 ? text.length : end + 1;
  }
  SEPARATOR.lastIndex = start;
  const at = SEPARATOR.exec(text)?.index ?? text.length;
  return at === start ? Math.min(start + 1, text.length) : at;
}

/** Groups of one kind melt together; only an `or` inside an `and` needs its parentheses. */
function groupOf(kind: VersionGroup['kind'], parts: readonly VersionSpec[]): VersionGroup {
  const specs = parts.flatMap((part) => ('specs' in part && part.kind === kind ? part.specs : [part]));
  const texts = specs.map((spec) => (spec.kind === 'or' ? `(${spec.text})` : spec.text));
  return { kind, specs, text: texts.join(kind === 'or' ? '|' : ',') };
}

const RELATIONS: Readonly<Record<string, VersionRelation>> = {
  '=': 'startsWith',
  '==': 'equal',
  '!=': 'notEqual',
  '<=': 'lessOrEqual',
  '>=': 'greaterOrEqual',
  '<': 'less',
  '>': 'greater',
};

const OPERATOR = /^(?:==|!=|<=|>=|~=|=|<|>)/;

function readClause(clause: string, start: number, whole: string): VersionClause {
  if (clause === '*') return { kind: 'any', text: clause };
  if (clause.startsWith('^') || clause.endsWith('$')) return readRegex(clause, start, whole);
  if (/^[=<>!~]/.test(clause)) return readRelation(clause, start, whole);
  const stem = withoutTrailing(clause, '*');
  if (stem.includes('*')) return { kind: 'pattern', text: clause, pattern: parseStringPattern(clause) };
  if (stem !== clause) return readPrefix(clause, stem, start, whole);
  if (clause.includes('@')) return { kind: 'text', text: clause };
  return { kind: 'equal', text: clause, version: readVersion(clause, start, whole) };
}

function readRegex(clause: string, start: number, whole: string): VersionClause {
  if (clause.length < 2 || !clause.startsWith('^') || !clause.endsWith('$')) {
    throw invalid(whole, "a regular expression starts with '^' and ends with '$'", start);
  }
  try {
    return { kind: 'pattern', text: clause, pattern: parseStringPattern(clause) };
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw invalid(whole, `bad regular expression: ${error.message}`, start + error.position);
  }
}

function readRelation(clause: string, start: number, whole: string): VersionClause {
  const sign = OPERATOR.exec(clause)?.[0] ?? '';
  const literal = clause.slice(sign.length);
  if (sign === '' || literal === '' || /^[=<>!~]/.test(literal)) {
    throw invalid(whole, `'${shorten(clause)}' is not an operator and a version`, start);
  }
  if (/^\s/.test(literal)) throw invalid(whole, `remove the space after '${sign}'`, start + sign.length);
  const isOpen = literal.endsWith('.*');
  const version = readVersion(isOpen ? literal.slice(0, -2) : literal, start + sign.length, whole);
  if (sign === '~=') return readCompatible(clause, version, isOpen, start, whole);
  const relation = RELATIONS[sign] ?? 'equal';
  // Elsewhere conda ignores the `.*` too, so `==1.0.*` is exactly 1.0 and `>=1.*` is `>=1`.
  if (isOpen && relation === 'notEqual') return { kind: 'notStartsWith', text: clause, version };
  return { kind: relation, text: clause, version };
}

/** `~=1`, which has no part to leave out, asks for no more than `>=1`. */
function readCompatible(
  clause: string,
  version: Version,
  isOpen: boolean,
  start: number,
  whole: string,
): VersionClause {
  if (isOpen) throw invalid(whole, "'~=' does not go with '.*'", start);
  const dot = version.text.lastIndexOf('.');
  const prefix = dot === -1 ? undefined : readVersion(version.text.slice(0, dot), start, whole);
  return { kind: 'compatible', text: clause, version, prefix };
}

/**
 * `1.0*` means `1.0.*`: it does not match 1.01. Of several stars conda takes one off and reads the rest as a
 * version in which a star may stand; in practice nothing begins with that.
 */
function readPrefix(clause: string, stem: string, start: number, whole: string): VersionClause {
  if (clause.length - stem.length > 1) {
    return { kind: 'startsWith', text: clause, version: readVersion(clause.slice(0, -1), start, whole) };
  }
  const version = readVersion(withoutTrailing(stem, '.'), start, whole);
  return { kind: 'startsWith', text: stem.endsWith('.') ? clause : `${stem}.*`, version };
}

function readVersion(text: string, start: number, whole: string): Version {
  try {
    return parseVersion(text);
  } catch (error) {
    if (!(error instanceof TcondaError)) throw error;
    const position = typeof error.data['position'] === 'number' ? error.data['position'] : 0;
    throw invalid(whole, `in '${shorten(text)}' ${String(error.data['reason'])}`, start + position, error);
  }
}

function invalid(whole: string, why: string, position: number, cause?: unknown): TcondaError {
  return new TcondaError('INVALID_VERSION_SPEC', `Invalid version spec '${shorten(whole)}': ${why}`, {
    cause,
    data: { spec: whole, position, reason: why },
  });
}

/** A regular expression for this would take the square of the length for `***...x`. */
function withoutTrailing(text: string, char: string): string {
  let end = text.length;
  while (end > 0 && text.charAt(end - 1) === char) end--;
  return text.slice(0, end);
}

function isBlank(char: string): boolean {
  return char !== '' && char.trim() === '';
}
