import { MatchSpecError } from './match-spec-error.ts';
import { shorten } from './shorten.ts';

/** The `[key=value,...]` part of a spec. */
export interface Brackets {
  /** In the order of the text; later ones win. */
  readonly values: ReadonlyMap<string, string | readonly string[]>;
  /** Items that are no `key=value`; conda reads over them. */
  readonly stray: readonly string[];
  /** Where the group begins and ends in the text. */
  readonly start: number;
  readonly end: number;
}

/** The keys that came with repodata v3; where one of them is used, nothing is read over. */
const STRICT_KEYS: ReadonlySet<string> = new Set(['when', 'extras', 'flags']);

/**
 * Finds the last bracketed group of a text and reads it. Groups before it are not looked into.
 * @throws {MatchSpecError}
 */
export function findBrackets(text: string, from: number): Brackets | undefined {
  const quotes = new QuoteReader(text);
  let last: Brackets | undefined;
  for (let at = text.indexOf('[', from); at !== -1; at = text.indexOf('[', last.end)) {
    last = readGroup(text, at, quotes);
  }
  return last;
}

/** Writes a value so that it is read back as it is; bare where that is possible and conda does it. */
export function formatBracketValue(value: string, isQuoted: boolean): string {
  const forms = [...(isQuoted ? [] : [value]), `'${value}'`, `"${value}"`];
  return forms.find((form) => isReadAs(form, value)) ?? `'${value}'`;
}

function isReadAs(form: string, value: string): boolean {
  try {
    const text = `[k=${form},z=0]`;
    const read = findBrackets(text, 0);
    return read?.end === text.length && read.values.get('k') === value && read.values.get('z') === '0';
  } catch (error) {
    if (error instanceof MatchSpecError) return false;
    throw error;
  }
}

function readGroup(text: string, start: number, quotes: QuoteReader): Brackets {
  const values = new Map<string, string | readonly string[]>();
  const stray: string[] = [];
  let duplicate: string | undefined;
  let position = start + 1;
  for (;;) {
    while (text[position] === ' ' || text[position] === ',') position++;
    if (position >= text.length) throw new MatchSpecError("missing ']'", start);
    if (text[position] === ']') break;
    const key = readKey(text, position);
    if (key === undefined) {
      const end = itemEnd(text, position);
      stray.push(text.slice(position, end));
      position = end;
      continue;
    }
    const value = readValue(text, position + key.length + 1, quotes);
    if (values.has(key)) duplicate = key;
    values.set(key, value.value);
    position = value.end;
  }
  const isStrict = [...values.keys()].some((key) => STRICT_KEYS.has(key));
  if (isStrict && duplicate !== undefined)
    throw new MatchSpecError(`'${shorten(duplicate)}' is given twice`, start);
  if (isStrict && stray.length > 0) {
    throw new MatchSpecError(`'${shorten(stray[0] ?? '')}' is not of the form key=value`, start);
  }
  return { values, stray, start, end: position + 1 };
}

const KEY = /[a-zA-Z0-9_-]+(?==)/y;

/** A key stands right before its `=`. */
function readKey(text: string, position: number): string | undefined {
  KEY.lastIndex = position;
  return KEY.exec(text)?.[0];
}

function itemEnd(text: string, position: number): number {
  let end = position;
  while (end < text.length && text[end] !== ',' && text[end] !== ' ' && text[end] !== ']') end++;
  return end;
}

interface Value {
  readonly value: string | readonly string[];
  readonly end: number;
}

function readValue(text: string, start: number, quotes: QuoteReader): Value {
  const first = text.charAt(start);
  if (first === '[') return readList(text, start, quotes);
  const quoted = first === "'" || first === '"' ? quotes.read(start) : undefined;
  const value = quoted ?? readBare(text, start);
  if (value.value === '') throw new MatchSpecError('a key has no value', start);
  return value;
}

/** Ends at a comma, space or bracket, but not inside brackets of its own: `when=python[version='>=3']`. */
function readBare(text: string, start: number): { readonly value: string; readonly end: number } {
  let depth = 0;
  let end = start;
  for (; end < text.length; end++) {
    const char = text[end];
    if (char === '[') depth++;
    else if (char === ']' && depth-- === 0) break;
    else if (depth === 0 && (char === ',' || char === ' ')) break;
  }
  return { value: text.slice(start, end), end };
}

/** `[a, 'b', "c"]` */
function readList(text: string, start: number, quotes: QuoteReader): Value {
  const items: string[] = [];
  let position = start + 1;
  let isItemDue = true;
  for (;;) {
    while (text[position] === ' ') position++;
    const char = text.charAt(position);
    if (char === '' || char === '[') throw new MatchSpecError("missing ']'", start);
    if (char === ']') return { value: items, end: position + 1 };
    if (char === ',') {
      if (isItemDue) throw new MatchSpecError('an item of the list is missing', position);
      isItemDue = true;
      position++;
      continue;
    }
    if (!isItemDue) throw new MatchSpecError("',' is missing in the list", position);
    const item =
      (char === "'" || char === '"' ? quotes.read(position) : undefined) ?? readItem(text, position);
    items.push(item.value.trim());
    position = item.end;
    isItemDue = false;
  }
}

function readItem(text: string, start: number): { readonly value: string; readonly end: number } {
  let end = start;
  while (end < text.length && !',]['.includes(text.charAt(end))) end++;
  return { value: text.slice(start, end), end };
}

/**
 * Reads quoted values. A quote inside brackets belongs to what is quoted, so that `when='python[version='>=3']'` is one
 * value; where that finds no end, the next such quote is the end. `\` keeps the character after it from ending anything.
 */
class QuoteReader {
  readonly #text: string;
  /** Once no end was found, looking to the end of the text again would take the square of its length. */
  #isNested = true;

  constructor(text: string) {
    this.#text = text;
  }

  read(start: number): { readonly value: string; readonly end: number } | undefined {
    const nested = this.#isNested ? this.#findEnd(start, true) : -1;
    if (nested === -1) this.#isNested = false;
    const end = nested === -1 ? this.#findEnd(start, false) : nested;
    if (end === -1) throw new MatchSpecError('a quote is not closed', start);
    return { value: this.#text.slice(start + 1, end), end: end + 1 };
  }

  #findEnd(start: number, isNested: boolean): number {
    const quote = this.#text[start];
    let depth = 0;
    for (let at = start + 1; at < this.#text.length; at++) {
      const char = this.#text[at];
      if (char === '\\') at++;
      else if (char === quote && depth === 0) return at;
      else if (isNested && char === '[') depth++;
      else if (isNested && char === ']' && depth-- === 0) return -1;
    }
    return -1;
  }
}
