import type * as Yaml from 'yaml';

import { type Flag, parseFlag, type RawValue } from './raw-value.ts';

/** A file of settings, or why it is none. */
export type Condarc =
  | { readonly kind: 'read'; readonly values: ReadonlyMap<string, RawValue> }
  | { readonly kind: 'invalid'; readonly problem: CondarcProblem; readonly message: string };

/**
 * Why a file holds no settings. `token`: signs that mean nothing in YAML; `syntax`: such that mean nothing where they stand; `composition`: a name for
 * something that has none, or several documents.
 */
export type CondarcProblem = 'syntax' | 'token' | 'tab' | 'composition' | 'duplicate-key' | 'not-a-map';

/** The comment of a line, from its first sign. */
const COMMENT = /(?:^|\s)(#[^\n]*)$/;
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g;
/** The line of a `-` whose item begins below. */
const COMMENT_OF_DASH = /-[ \t]+(#[^\n]*)\n\s*$/;
/** How many values aliases may add to those that are written. */
const MAX_REPEATED = 100_000;

/**
 * Reads YAML with the comments that conda gives a meaning.
 *
 * @param yaml the package of that name, loaded by whoever has a file to read
 */
export function parseCondarc(text: string, yaml: typeof Yaml): Condarc {
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, {
    lineCounter: lines,
    keepSourceTokens: false,
    logLevel: 'error',
  });
  const [error] = document.errors;
  if (error !== undefined)
    return { kind: 'invalid', problem: problemOf(document.errors), message: formatProblem(error) };
  const { contents } = document;
  if (contents === null || (yaml.isScalar(contents) && contents.value === null)) {
    return { kind: 'read', values: new Map() };
  }
  const reader = new Reader(text, yaml, document, lines);
  const raw = reader.read(contents);
  if (reader.problem !== undefined) {
    return { kind: 'invalid', problem: 'composition', message: reader.problem };
  }
  if (raw.kind !== 'map') return { kind: 'invalid', problem: 'not-a-map', message: 'It holds no keys' };
  return { kind: 'read', values: raw.entries };
}

const PROBLEMS: Readonly<Partial<Record<Yaml.ErrorCode, CondarcProblem>>> = {
  DUPLICATE_KEY: 'duplicate-key',
  TAB_AS_INDENT: 'tab',
  MULTIPLE_DOCS: 'composition',
  BAD_DQ_ESCAPE: 'token',
  BAD_SCALAR_START: 'token',
  BLOCK_AS_IMPLICIT_KEY: 'token',
  KEY_OVER_1024_CHARS: 'token',
  MULTILINE_IMPLICIT_KEY: 'token',
};

function problemOf(errors: readonly Yaml.YAMLError[]): CondarcProblem {
  const [first, ...more] = errors;
  if (first === undefined) return 'syntax';
  const { code, message } = first;
  if (code === 'MISSING_CHAR' && message.startsWith('Missing closing')) return 'token';
  // What is no key at all is only in the wrong place; one that could have been is no word of YAML.
  const isMisplaced = more.some((error) => /^(?:UNEXPECTED_TOKEN|MISSING_CHAR)$/.test(error.code));
  return code.endsWith('_IMPLICIT_KEY') && isMisplaced ? 'syntax' : (PROBLEMS[code] ?? 'syntax');
}

/** The first line of what the parser says, which ends with where it is. */
function formatProblem({ code, message, linePos }: Yaml.YAMLError): string {
  if (code === 'MULTIPLE_DOCS')
    return `It holds several documents, the second from line ${linePos?.[0].line}`;
  return (message.split('\n', 1)[0] ?? '').replace(/:$/, '');
}

class Reader {
  readonly #text: string;
  readonly #yaml: typeof Yaml;
  readonly #document: Yaml.Document;
  readonly #lines: Yaml.LineCounter;
  #count = 0;
  /** What is wrong with the aliases. */
  problem: string | undefined;

  constructor(text: string, yaml: typeof Yaml, document: Yaml.Document, lines: Yaml.LineCounter) {
    this.#text = text;
    this.#yaml = yaml;
    this.#document = document;
    this.#lines = lines;
  }

  read(node: unknown, place: { readonly flag?: Flag | undefined; readonly line?: number } = {}): RawValue {
    const { isAlias, isMap, isScalar, isSeq } = this.#yaml;
    this.#count += 1;
    // A value takes at least one character, but aliases can make a small file mean a huge one.
    if (this.#count > this.#text.length + MAX_REPEATED) {
      this.problem ??= 'Its aliases mean too many values';
      return { kind: 'scalar', value: null };
    }
    if (isAlias(node)) {
      const meant = node.resolve(this.#document);
      if (meant === undefined) this.problem ??= `Nothing has the name *${node.source}`;
      return this.read(meant, place);
    }
    // A comment behind `[a, b]` is about the key before it.
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }) => {
        const name = isScalar(key) ? String(key.value) : '';
        const start = startOf(key);
        const flag = node.flow === true ? undefined : this.#flagOfLine(start);
        return [name, this.read(value, { flag, ...this.#lineOf(start) })] as const;
      });
      return { kind: 'map', entries: new Map(entries), ...place };
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => {
        const start = startOf(item);
        const flag = node.flow === true ? undefined : this.#flagOfItem(item, start);
        return this.read(item, { flag, ...this.#lineOf(start) });
      });
      return { kind: 'list', items, ...place };
    }
    if (!isScalar(node)) return { kind: 'scalar', value: null, ...place };
    const { value, source } = node;
    if (typeof value === 'number') {
      return { kind: 'scalar', value, ...(source === undefined ? {} : { text: source }), ...place };
    }
    const plain = typeof value === 'string' || typeof value === 'boolean' ? value : null;
    return { kind: 'scalar', value: plain, ...place };
  }

  #lineOf(start: number | undefined): { readonly line?: number } {
    return start === undefined ? {} : { line: this.#lines.linePos(start).line };
  }

  #flagOfItem(item: unknown, start: number | undefined): Flag | undefined {
    if (start === undefined) return undefined;
    const before = COMMENT_OF_DASH.exec(this.#text.slice(Math.max(0, start - 200), start))?.[1];
    if (before !== undefined) return parseFlag(before);
    // Behind `- a: b` it is about the key `a`.
    const { isCollection } = this.#yaml;
    return isCollection(item) && item.flow !== true ? undefined : this.#flagOfLine(start);
  }

  #flagOfLine(start: number | undefined): Flag | undefined {
    if (start === undefined) return undefined;
    const { line } = this.#lines.linePos(start);
    const from = this.#lines.lineStarts[line - 1] ?? 0;
    const to = this.#text.indexOf('\n', start);
    const written = this.#text.slice(from, to === -1 ? undefined : to).replaceAll(QUOTED, '');
    return parseFlag(COMMENT.exec(written)?.[1] ?? '');
  }
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  const range: unknown = node.range;
  const start: unknown = Array.isArray(range) ? range[0] : undefined;
  return typeof start === 'number' ? start : undefined;
}
