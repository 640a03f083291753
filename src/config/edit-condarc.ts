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
 * @param yaml the package of that name
 * @throws {TcondaError} `CONFIG_KEY` for what isn't there to be removed, `FILE_UNREADABLE` for a text that is no map
 */
export function editCondarc(text: string, edits: readonly CondarcEdit[], yaml: typeof Yaml): EditedCondarc {
  const document: Yaml.Document = yaml.parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) throw unreadable(error.message.split('\n', 1)[0] ?? '');
  if (document.contents === null) document.contents = document.createNode({});
  if (!yaml.isMap(document.contents)) throw unreadable('it holds no keys');
  // An empty file may have been `{}`.
  document.contents.flow = false;
  const warnings = edits.flatMap((edit) => apply(edit, document, yaml));
  if (document.contents.items.length === 0 && document.contents.comment == null) {
    return { text: document.commentBefore == null ? '' : String(document), warnings };
  }
  return {
    text: document.toString({ lineWidth: 0, nullStr: 'null', flowCollectionPadding: false }),
    warnings,
  };
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
      if (!document.deleteIn(path)) throw keyError(edit.key, 'undefined in config');
      return [];
  }
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

function unreadable(problem: string): TcondaError {
  return new TcondaError('FILE_UNREADABLE', `The file of settings can't be changed: ${problem}`);
}
