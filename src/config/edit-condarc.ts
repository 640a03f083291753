import type * as Yaml from 'yaml';

import { TcondaError } from '../errors.ts';
import { type Change, type CondarcEdit, type KeyPath, planChange } from './condarc-change.ts';
import { parseCondarc } from './condarc.ts';
import { findSetting } from './parse-setting.ts';
import { plainValueOf, type RawValue } from './raw-value.ts';
import {
  findPair,
  placeList,
  withItem,
  withItemMoved,
  withoutItem,
  withoutPair,
  withPair,
  withValue,
} from './yaml-edit.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** A changed file of settings. */
export interface EditedCondarc {
  readonly text: string;
  readonly warnings: readonly string[];
}

/**
 * Changes the text of a file of settings where it must change, and nowhere else: comments, order, indentation, quotes, line breaks and
 * unknown keys stay. A new key goes to the end. A key that stands there by another of its names keeps that name.
 *
 * @param yaml the package of that name
 * @param name of the file, for messages
 * @throws {TcondaError} `CONFIG_KEY` for what isn't there to be removed, `CONFIG_TYPE` for a value of another kind,
 *   `FILE_UNREADABLE` for a text that is no map or is written in a way that only a person can change
 */
export function editCondarc(
  text: string,
  edits: readonly CondarcEdit[],
  yaml: typeof Yaml,
  name = 'the file of settings',
): EditedCondarc {
  const warnings: string[] = [];
  let edited = text;
  for (const edit of edits) {
    const source = readYaml(edited, yaml);
    const before = valuesOf(source, name);
    const path = pathOf(edit.key, before);
    const wanted = planChange(before.get(path.outer), edit, path, name);
    if (wanted.warning !== undefined) warnings.push(wanted.warning);
    const next = write(source, path, wanted.change);
    if (next === undefined || !isRight(readYaml(next, yaml), before, path, wanted.value)) {
      throw unreadable(
        name,
        `${edit.key} is written in a way that no program should touch; change it by hand`,
      );
    }
    edited = next;
  }
  return { text: edited, warnings };
}

function valuesOf(source: YamlSource, name: string): ReadonlyMap<string, RawValue> {
  const read = parseCondarc(source.text, source.yaml);
  if (read.kind === 'read') return read.values;
  throw unreadable(name, read.problem === 'not-a-map' ? 'it holds no keys' : read.message);
}

/** `a.b` is a key within a map, unless the file has a key of that name. */
function pathOf(key: string, values: ReadonlyMap<string, RawValue>): KeyPath {
  if (values.has(key)) return { outer: key, inner: undefined };
  const found = findSetting(key);
  const dot = key.indexOf('.');
  const [written, inner] = dot < 0 ? [key, undefined] : [key.slice(0, dot), key.slice(dot + 1)];
  const names = found === undefined ? [] : [found.name, ...found.setting.aliases];
  const outer = values.has(written) ? written : (names.find((name) => values.has(name)) ?? written);
  return { outer, inner };
}

/** The text with the change; undefined when its place can't be told. */
function write(source: YamlSource, { outer, inner }: KeyPath, change: Change): string | undefined {
  const { document, yaml } = source;
  const root = yaml.isMap(document.contents) ? document.contents : document.createNode({});
  const pair = findPair(root, outer, yaml);
  if (inner === undefined) return writeIn(source, root, outer, change);
  const map = pair?.pair.value;
  if (pair === undefined) {
    return change.kind === 'value' ? withPair(source, root, outer, { [inner]: change.value }) : undefined;
  }
  if (yaml.isMap(map) && map.items.length > 0) {
    const isLast = change.kind === 'no-key' && map.items.length === 1;
    return isLast ? withValue(source, pair, {}) : writeIn(source, map, inner, change);
  }
  return change.kind === 'value' ? withValue(source, pair, { [inner]: change.value }) : undefined;
}

function writeIn(source: YamlSource, map: Yaml.YAMLMap, key: string, change: Change): string | undefined {
  const pair = findPair(map, key, source.yaml);
  if (change.kind === 'value') {
    return pair === undefined
      ? withPair(source, map, key, change.value)
      : withValue(source, pair, change.value);
  }
  if (pair === undefined) return undefined;
  if (change.kind === 'no-key') return withoutPair(source, pair);
  // What stands for a list elsewhere becomes a list of its own.
  if (source.yaml.isAlias(pair.pair.value)) return withValue(source, pair, change.value);
  const list = placeList(source, pair);
  if (list === undefined) return undefined;
  switch (change.kind) {
    case 'item':
      return withItem(source, list, change.item, change.at);
    case 'move':
      return withItemMoved(source, list, change.index, change.at);
    case 'no-item':
      return withoutItem(source, list, change.index);
  }
}

/** Whether the new text says what it should: one key has its new value, every other what it had, flags in comments too. */
function isRight(
  after: YamlSource,
  before: ReadonlyMap<string, RawValue>,
  { outer }: KeyPath,
  value: unknown,
): boolean {
  const read = parseCondarc(after.text, after.yaml);
  if (read.kind !== 'read') return false;
  const now = read.values.get(outer);
  const isAsWanted =
    now === undefined
      ? value === undefined
      : JSON.stringify(plainValueOf(now)) === JSON.stringify(value ?? null);
  const others = (values: ReadonlyMap<string, RawValue>): string =>
    JSON.stringify(
      [...values].filter(([key]) => key !== outer),
      withMaps,
    );
  return isAsWanted && others(read.values) === others(before);
}

/** For comparison: maps with all their entries, and values without the line they stand on. */
function withMaps(key: string, value: unknown): unknown {
  if (key === 'line') return undefined;
  return value instanceof Map ? [...(value as ReadonlyMap<unknown, unknown>)] : value;
}

function unreadable(name: string, problem: string): TcondaError {
  return new TcondaError('FILE_UNREADABLE', `Cannot change ${name}: ${problem}`);
}
