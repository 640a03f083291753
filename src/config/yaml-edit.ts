import type * as Yaml from 'yaml';

import {
  type Collection,
  endOfNode,
  formatBlock,
  formatInline,
  INDENT,
  lineEnd,
  lineStart,
  putLines,
  type Span,
  spanOf,
  splice,
  type YamlSource,
} from './yaml-source.ts';

/** A key of a map, with where it stands. */
interface PlacedPair {
  readonly map: Yaml.YAMLMap;
  readonly pair: Yaml.Pair;
}

/** The pair of a key; undefined when the map has none. */
export function findPair(map: Yaml.YAMLMap, key: string, yaml: typeof Yaml): PlacedPair | undefined {
  const pair = map.items.find(({ key: node }) => String(yaml.isScalar(node) ? node.value : node) === key);
  return pair === undefined ? undefined : { map, pair };
}

/**
 * The text with another value for a key. All else stays as it is, the comment behind the value too; a text keeps its quotes.
 * Undefined when that can't be done in this place.
 */
export function withValue(source: YamlSource, { map, pair }: PlacedPair, value: unknown): string | undefined {
  const { text, yaml, eol } = source;
  const colon = behindColon(text, pair);
  if (colon === undefined || hasProps(pair.value)) return undefined;
  const cleared = clear(text, colon, pair.value, source);
  if (isEmpty(value) || map.flow === true) {
    const like = yaml.isScalar(pair.value) && typeof value === 'string' ? quotesOf(pair.value) : undefined;
    return splice(cleared, { from: colon, to: colon }, ` ${formatInline(value, yaml, like)}`);
  }
  const indent = indentOf(text, pair) + (Array.isArray(value) ? listIndent(source) : INDENT);
  const lines = formatBlock(value, yaml).map((line) => indent + line);
  return putLines({ ...source, text: cleared, eol }, lineEnd(cleared, colon), lines);
}

/** The text with one more key in a map, behind all others. A map without any is the whole file. */
export function withPair(source: YamlSource, map: Yaml.YAMLMap, key: string, value: unknown): string {
  const { text, yaml } = source;
  const last = map.items.at(-1);
  if (map.flow === true && last !== undefined) {
    const { to } = spanOf(last.value) ?? spanOf(last.key) ?? { to: text.length };
    return splice(text, { from: to, to }, `, ${formatInline({ [key]: value }, yaml).slice(1, -1)}`);
  }
  const indent = last === undefined ? '' : indentOf(text, last);
  const lines =
    Array.isArray(value) && value.length > 0
      ? [`${formatInline(key, yaml)}:`, ...formatBlock(value, yaml).map((line) => listIndent(source) + line)]
      : formatBlock({ [key]: value }, yaml);
  const indented = lines.map((line) => indent + line);
  if (last !== undefined && map !== source.document.contents) {
    return putLines(source, endOfPair(text, last), indented);
  }
  const end = endOfDocument(source);
  const put = putLines(source, end, indented);
  // `{}` or `null`, with its line when there is nothing else on it.
  const span = last === undefined ? spanOf(source.document.contents) : undefined;
  if (span === undefined || span.to === span.from) return put;
  const rest = /^[ \t]*(?:\r?\n)?/.exec(put.slice(span.to))?.[0] ?? '';
  return splice(put, { from: span.from, to: span.to + rest.length }, '');
}

/** The text without a key, its value and the comments within. What stands above the key stays. */
export function withoutPair(source: YamlSource, { map, pair }: PlacedPair): string | undefined {
  const { text } = source;
  const from = spanOf(pair.key)?.from;
  if (from === undefined) return undefined;
  if (map.flow === true) return withoutEntry(source, map, map.items.indexOf(pair));
  return splice(text, { from: lineStart(text, from), to: endOfPair(text, pair) }, '');
}

/** The text with one more item at the start or the end of a list that has items. */
export function withItem(source: YamlSource, list: Placed, value: unknown, at: 'start' | 'end'): string {
  const { text, yaml } = source;
  if (list.node.flow === true) return withFlowItem(text, list.node, formatInline(value, yaml), at);
  const span = spanOf(list.node) ?? { from: 0, to: 0 };
  const indent = text.slice(lineStart(text, span.from), span.from);
  const place = at === 'end' ? endOfNode(text, span) : lineEnd(text, list.colon);
  return putLines(source, place, [`${indent}- ${formatInline(value, yaml)}`]);
}

/** The text with one item of a list moved to its start or end, with what stands on its lines. */
export function withItemMoved(
  source: YamlSource,
  list: Placed,
  index: number,
  at: 'start' | 'end',
): string | undefined {
  const { text, eol } = source;
  const node = list.node.items[index];
  const span = spanOf(node);
  if (span === undefined || list.node.items.length < 2) return text;
  if (list.node.flow === true) {
    const rest = withoutEntry(source, list.node, index);
    if (rest === undefined) return undefined;
    const again = list.node.items.filter((_, other) => other !== index);
    const shift = rest.length - text.length;
    const moved = again.map((item) => shifted(spanOf(item), span.from, shift));
    const edge = at === 'end' ? moved.at(-1)?.to : moved[0]?.from;
    const written = text.slice(span.from, span.to);
    if (edge === undefined) return undefined;
    return splice(rest, { from: edge, to: edge }, at === 'end' ? `, ${written}` : `${written}, `);
  }
  const lines = itemLines(text, span);
  const end = endOfNode(text, spanOf(list.node) ?? span);
  const place = at === 'end' ? end : lineEnd(text, list.colon);
  const cut = text.slice(lines.from, lines.to);
  const whole = cut.endsWith('\n') ? cut : cut + eol;
  if (at === 'start')
    return text.slice(0, place) + whole + text.slice(place, lines.from) + text.slice(lines.to);
  const before = text.slice(0, lines.from) + text.slice(lines.to, place);
  return before + (before.endsWith('\n') ? '' : eol) + whole + text.slice(place);
}

/** The text without an item of a list that has more. */
export function withoutItem(source: YamlSource, list: Placed, index: number): string | undefined {
  if (list.node.flow === true) return withoutEntry(source, list.node, index);
  const span = spanOf(list.node.items[index]);
  return span === undefined ? undefined : splice(source.text, itemLines(source.text, span), '');
}

/** A list, and where its key ends. */
export interface Placed {
  readonly node: Yaml.YAMLSeq;
  readonly colon: number;
}

/** The list of a key in its place; undefined when the value is no list, or stands elsewhere. */
export function placeList({ text, yaml }: YamlSource, { pair }: PlacedPair): Placed | undefined {
  const colon = behindColon(text, pair);
  return colon !== undefined && yaml.isSeq(pair.value) && !hasProps(pair.value)
    ? { node: pair.value, colon }
    : undefined;
}

/** Behind the colon of a key; undefined of keys that are written with a question mark. */
function behindColon(text: string, { key }: Yaml.Pair): number | undefined {
  const span = spanOf(key);
  const colon = span && /^[ \t]*:/.exec(text.slice(span.to));
  return span === undefined || colon === null || colon === undefined ? undefined : span.to + colon[0].length;
}

/** Anchors and tags mean more than the value that stands behind them. */
function hasProps(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  return ('anchor' in node && node.anchor !== undefined) || ('tag' in node && isWrittenTag(node));
}

function isWrittenTag(node: { readonly tag?: unknown }): boolean {
  return typeof node.tag === 'string' && !node.tag.startsWith('tag:yaml.org,2002:');
}

/** The text with nothing behind the colon but comments. */
function clear(text: string, colon: number, node: unknown, { yaml, eol }: YamlSource): string {
  const span = spanOf(node);
  if (span === undefined || span.to === span.from) return text;
  if (yaml.isCollection(node) && node.flow !== true) {
    return splice(text, { from: lineStart(text, span.from), to: endOfNode(text, span) }, '');
  }
  const isBlock = text[span.to - 1] === '\n';
  return splice(text, { from: colon, to: span.to }, isBlock ? eol : '');
}

function isEmpty(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function quotesOf({ type }: Yaml.Scalar): 'QUOTE_SINGLE' | 'QUOTE_DOUBLE' | undefined {
  return type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE' ? type : undefined;
}

function indentOf(text: string, { key }: Yaml.Pair): string {
  const from = spanOf(key)?.from ?? 0;
  return /^ */.exec(text.slice(lineStart(text, from), from))?.[0] ?? '';
}

/** How far the lists of this file stand in. */
function listIndent({ document, text, yaml }: YamlSource): string {
  const pairs = yaml.isMap(document.contents) ? document.contents.items : [];
  for (const { value } of pairs) {
    const span = yaml.isSeq(value) && value.flow !== true ? spanOf(value) : undefined;
    if (span !== undefined) return text.slice(lineStart(text, span.from), span.from);
  }
  return INDENT;
}

function endOfPair(text: string, { key, value }: Yaml.Pair): number {
  const span = spanOf(value) ?? spanOf(key);
  return span === undefined ? text.length : endOfNode(text, span);
}

/** The end of the text, or of what stands before `...`. */
function endOfDocument({ text, document }: YamlSource): number {
  const end = document.range?.[1] ?? text.length;
  return text.startsWith('...', end) ? end : text.length;
}

/** The lines of an item in block style, from its dash. */
function itemLines(text: string, span: Span): Span {
  const dash = text.lastIndexOf('-', span.from - 1);
  return { from: lineStart(text, dash), to: endOfNode(text, span) };
}

function withFlowItem(text: string, { items }: Yaml.YAMLSeq, written: string, at: 'start' | 'end'): string {
  const span = spanOf(at === 'end' ? items.at(-1) : items[0]) ?? { from: 0, to: 0 };
  const edge = at === 'end' ? span.to : span.from;
  return splice(text, { from: edge, to: edge }, at === 'end' ? `, ${written}` : `${written}, `);
}

/** A flow collection without one of its entries, and without a comma too many. */
function withoutEntry({ text }: YamlSource, collection: Collection, index: number): string | undefined {
  const spans = collection.items.map((item) => entrySpan(item));
  const [before, own, after] = [spans[index - 1], spans[index], spans[index + 1]];
  if (own === undefined) return undefined;
  if (after !== undefined) return splice(text, { from: own.from, to: after.from }, '');
  return splice(text, { from: before?.to ?? own.from, to: own.to }, '');
}

function entrySpan(item: unknown): Span | undefined {
  if (typeof item !== 'object' || item === null || !('key' in item)) return spanOf(item);
  const key = spanOf(item.key);
  const value = 'value' in item ? spanOf(item.value) : undefined;
  return key === undefined ? undefined : { from: key.from, to: value?.to ?? key.to };
}

function shifted(span: Span | undefined, behind: number, by: number): Span | undefined {
  if (span === undefined || span.from < behind) return span;
  return { from: span.from + by, to: span.to + by };
}
