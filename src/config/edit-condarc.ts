import type * as Yaml from 'yaml';

import { TcondaError } from '../errors.ts';
import { maskUrls } from '../io/url-secrets.ts';

/** One change of a file of settings. Keys may lead into maps: `proxy_servers.http`. */
export type CondarcEdit =
  | { readonly kind: 'set'; readonly key: string; readonly value: unknown }
  | { readonly kind: 'add'; readonly key: string; readonly value: string; readonly at: 'start' | 'end' }
  | { readonly kind: 'remove'; readonly key: string; readonly value: string }
  | { readonly kind: 'clear' | 'remove-key'; readonly key: string };

export interface EditedCondarc {
  readonly text: string;
  readonly warnings: readonly string[];
}

/**
 * Changes the text of a file of settings. Comments, unknown keys and the order of all that is there stay; a new key goes to the end.
 * So do the line breaks of Windows.
 *
 * @param yaml the package of that name
 * @param name of the file, for messages
 * @throws {TcondaError} `CONFIG_KEY` for what isn't there to be removed, `FILE_UNREADABLE` for a text that is no map
 */
export function editCondarc(
  text: string,
  edits: readonly CondarcEdit[],
  yaml: typeof Yaml,
  name = 'the file of settings',
): EditedCondarc {
  const document: Yaml.Document = yaml.parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) throw unreadable(name, error.message.split('\n', 1)[0]?.replace(/:$/, '') ?? '');
  if (document.contents === null) document.contents = document.createNode({});
  if (!yaml.isMap(document.contents)) throw unreadable(name, 'it holds no keys');
  // An empty file may have been `{}`.
  document.contents.flow = false;
  const warnings = edits.flatMap((edit) => apply(edit, document, yaml));
  if (document.contents.items.length === 0 && document.contents.comment == null) {
    return { text: document.commentBefore == null ? '' : String(document), warnings };
  }
  const edited = document.toString({ lineWidth: 0, nullStr: 'null', flowCollectionPadding: false });
  return { text: withLineBreaksOf(text, withFlagsOf(text, edited)), warnings };
}

/** Comments behind keys of lists and maps, of which `#!final` means something there alone; the parser moves them a line down. */
function withFlagsOf(text: string, edited: string): string {
  const flagged = [...text.matchAll(/^( *[^\s#][^#\n]*:)[ \t]+(#[^\r\n]*?)[ \t]*\r?$/gm)];
  return flagged.reduce((result, [, key = '', comment = '']) => {
    const moved = `${key}\n`;
    const at = result.startsWith(moved) ? 0 : result.indexOf(`\n${moved}`) + 1;
    if (!result.startsWith(moved, at)) return result;
    const [line = ''] = result.slice(at + moved.length).split('\n', 1);
    if (line.trim() !== comment) return result;
    return `${result.slice(0, at)}${key} ${comment}${result.slice(at + moved.length + line.length)}`;
  }, edited);
}

function withLineBreaksOf(text: string, edited: string): string {
  return text.includes('\r\n') ? edited.replace(/\r?\n/g, '\r\n') : edited;
}

function apply(edit: CondarcEdit, document: Yaml.Document, yaml: typeof Yaml): readonly string[] {
  const path = pathOf(edit.key, document);
  switch (edit.kind) {
    case 'set':
      set(path, edit.value, document, yaml);
      return [];
    case 'add':
      return add(edit, path, document, yaml);
    case 'remove': {
      const list = document.getIn(path, true);
      const at = yaml.isSeq(list) ? indexOf(list, edit.value, yaml) : -1;
      if (!document.hasIn(path)) throw keyError(edit.key, 'undefined in config');
      if (!yaml.isSeq(list) || at < 0)
        throw keyError(edit.key, `value '${maskUrls(edit.value)}' not present in config`);
      list.delete(at);
      return [];
    }
    case 'clear':
      if (!document.hasIn(path)) throw keyError(edit.key, 'undefined in config');
      document.setIn(path, document.createNode([]));
      return [];
    case 'remove-key':
      removeKey(edit.key, path, document, yaml);
      return [];
  }
}

/** What stands above the key stays, above the next one or at the end. */
function removeKey(key: string, path: readonly string[], document: Yaml.Document, yaml: typeof Yaml): void {
  const map = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const isOf = ({ key: node }: Yaml.Pair): boolean =>
    String(yaml.isScalar(node) ? node.value : node) === path.at(-1);
  const at = yaml.isMap(map) ? map.items.findIndex(isOf) : -1;
  if (!yaml.isMap(map) || at < 0) throw keyError(key, 'undefined in config');
  const [pair] = map.items.splice(at, 1);
  const comment = yaml.isScalar(pair?.key) ? pair.key.commentBefore : undefined;
  if (comment === undefined || comment === null) return;
  const next = map.items[at]?.key;
  const join = (other: string | null | undefined): string =>
    [comment, ...(other == null ? [] : [other])].join('\n');
  if (yaml.isScalar(next)) next.commentBefore = join(next.commentBefore);
  else map.comment = join(map.comment);
}

/** A scalar takes its new value in its old place, so that the comment behind it stays. */
function set(path: readonly string[], value: unknown, document: Yaml.Document, yaml: typeof Yaml): void {
  const old = document.getIn(path, true);
  if (yaml.isScalar(old) && (value === null || typeof value !== 'object')) {
    old.value = value;
    delete old.source;
    delete old.type;
  } else {
    document.setIn(path, document.createNode(value));
  }
}

function add(
  { key, value, at }: Extract<CondarcEdit, { kind: 'add' }>,
  path: readonly string[],
  document: Yaml.Document,
  yaml: typeof Yaml,
): readonly string[] {
  let list = document.getIn(path, true);
  if (!yaml.isSeq(list)) {
    list = document.createNode([]);
    document.setIn(path, list);
  }
  if (!yaml.isSeq(list)) return [];
  // Without items `[]` is how it was written, with them it is one a line.
  if (list.items.length === 0) list.flow = false;
  const index = indexOf(list, value, yaml);
  const [moved] = index < 0 ? [document.createNode(value)] : list.items.splice(index, 1);
  if (at === 'start') list.items.unshift(moved);
  else list.items.push(moved);
  if (index < 0) return [];
  return [
    `Warning: '${maskUrls(value)}' already in '${key}' list, moving to the ${at === 'start' ? 'top' : 'bottom'}`,
  ];
}

function indexOf(list: Yaml.YAMLSeq, value: string, yaml: typeof Yaml): number {
  return list.items.findIndex((item) => String(yaml.isScalar(item) ? item.value : item) === value);
}

/** `a.b` is a key within a map, unless the file has a key of that name. */
function pathOf(key: string, document: Yaml.Document): readonly string[] {
  if (document.has(key)) return [key];
  const dot = key.indexOf('.');
  return dot < 0 ? [key] : [key.slice(0, dot), key.slice(dot + 1)];
}

function keyError(key: string, problem: string): TcondaError {
  const msg = `'${key}': ${problem}`;
  return new TcondaError('CONFIG_KEY', msg, { data: { key, msg } });
}

function unreadable(name: string, problem: string): TcondaError {
  return new TcondaError('FILE_UNREADABLE', `Cannot change ${name}: ${problem}`);
}
