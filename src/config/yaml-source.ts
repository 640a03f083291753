import type * as Yaml from 'yaml';

/** A text of YAML, read, with the means to find its parts again. */
export interface YamlSource {
  readonly text: string;
  readonly document: Yaml.Document;
  readonly yaml: typeof Yaml;
  /** Line break of the text. */
  readonly eol: '\n' | '\r\n';
}

/** A collection with the place it was read from. */
export type Collection = Yaml.YAMLMap | Yaml.YAMLSeq;

/** Where a node stands: from its first character to behind its last, without what belongs to its line besides. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A text with what YAML makes of it, so that it can be changed in places. Whether it is valid YAML stands in `document.errors`. */
export function readYaml(text: string, yaml: typeof Yaml): YamlSource {
  const document: Yaml.Document = yaml.parseDocument(text, { logLevel: 'error' });
  return { text, document, yaml, eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** The place of a node; undefined of what has none, as a missing value in `{a}`. */
export function spanOf(node: unknown): Span | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  const range: unknown = node.range;
  if (!Array.isArray(range)) return undefined;
  const [from, to] = range as readonly unknown[];
  return typeof from === 'number' && typeof to === 'number' ? { from, to } : undefined;
}

/** The text with what stands in a span replaced. */
export function splice(text: string, { from, to }: Span, put: string): string {
  return text.slice(0, from) + put + text.slice(to);
}

/** Where the line of a character begins. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Behind the line break of the line; the end of the text when it has none. */
export function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found + 1;
}

/** The start of the line behind a node, with whatever comment stands behind it. */
export function endOfNode(text: string, { to }: Span): number {
  return text[to - 1] === '\n' ? to : lineEnd(text, to);
}

/** Whole lines put at the start of a line, or behind a last line that has no end; which it has then. */
export function putLines({ text, eol }: YamlSource, at: number, lines: readonly string[]): string {
  const block = lines.map((line) => line + eol).join('');
  const isOpen = at > 0 && text[at - 1] !== '\n';
  return splice(text, { from: at, to: at }, isOpen ? eol + block : block);
}

/** Keys and items are indented by this when they are new below a key. */
export const INDENT = '  ';

/** A value on one line: `text`, `"a: b"`, `[a, b]`. */
export function formatInline(
  value: unknown,
  yaml: typeof Yaml,
  like?: 'QUOTE_SINGLE' | 'QUOTE_DOUBLE',
): string {
  // Within brackets, so that what means something there is quoted.
  const text = yaml.stringify([value], {
    ...FORMAT,
    collectionStyle: 'flow',
    ...(like === undefined ? {} : { defaultStringType: like }),
  });
  return text.trim().slice(1, -1);
}

/** The lines of a list or a map in block style, not indented. Such without entries are one line. */
export function formatBlock(value: unknown, yaml: typeof Yaml): readonly string[] {
  return yaml.stringify(value, FORMAT).trimEnd().split('\n');
}

/** Readers of YAML 1.1 shall take `on` and the like for the texts that they are. */
const FORMAT = {
  lineWidth: 0,
  nullStr: 'null',
  flowCollectionPadding: false,
  compat: 'yaml-1.1',
  aliasDuplicateObjects: false,
} as const;
