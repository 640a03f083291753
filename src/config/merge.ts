import { TcondaError } from '../errors.ts';
import { maskSettings } from '../io/url-secrets.ts';
import { coerceScalar } from './coerce.ts';
import { formatSource, plainValueOf, type RawValue, rawValueOf, type SettingSource } from './raw-value.ts';
import type { SettingType } from './setting-type.ts';

/** One place's value of a setting. */
export interface Match {
  readonly source: SettingSource;
  /** As written there, for messages. */
  readonly key: string;
  readonly raw: RawValue;
}

/** The value of a setting, and where it is from. */
export interface Merged {
  readonly value: unknown;
  /** The places that the value came from, lowest precedence first. */
  readonly sources: readonly SettingSource[];
  /** The same for messages, with lines. */
  readonly where: string;
}

/**
 * The value of one setting out of what several places say, lowest precedence first. Single values: the last wins, but
 * the first with `#!final` beats it. Lists: later places first, each item once, `#!top` and `#!bottom` ones moved. Maps:
 * key by key. Undefined when no place says anything.
 *
 * @throws {TcondaError} `CONFIG_TYPE` when a place holds another kind of value, `CONFIG_VALUE` when it doesn't fit
 */
export function mergeMatches(matches: readonly Match[], type: SettingType): Merged | undefined {
  const said = matches.filter(({ raw }) => type.kind !== 'list' || !isNull(raw));
  if (said.length === 0) return undefined;
  const places = said.map(({ raw, source, key }) => ({ raw, where: `${key} in ${formatSource(source)}` }));
  // What a `#!final` elsewhere sets aside must be of the right kind all the same.
  for (const place of places) checkKind(place, type);
  const merged = merge(places, type);
  if (merged === undefined) return undefined;
  const used = said.filter((_, index) => merged.used.includes(index));
  return {
    value: merged.value,
    sources: used.map(({ source }) => source),
    where: used.map(({ source, raw }) => formatSource(source) + formatLine(raw)).join(', '),
  };
}

interface Said {
  readonly raw: RawValue;
  readonly where: string;
}

interface Result {
  readonly value: unknown;
  /** Indexes of what was used. */
  readonly used: readonly number[];
}

function merge(said: readonly Said[], type: SettingType): Result | undefined {
  if (type.kind === 'list') return mergeLists(said, type);
  if (type.kind === 'map') return mergeMaps(said, () => type.of);
  return type.kind === 'object' ? mergeObject(said, type) : mergeScalars(said, type);
}

function mergeScalars(said: readonly Said[], type: SettingType): Result | undefined {
  const index = winner(said);
  const chosen = said[index];
  if (chosen === undefined) return undefined;
  if (type.kind === 'any') return { value: plainValueOf(chosen.raw), used: [index] };
  if (chosen.raw.kind !== 'scalar') throw wrongType(chosen, type);
  const coerced = coerceScalar(chosen.raw.value, type, chosen.raw.text);
  if (coerced.kind === 'unfit') throw unfit(chosen, type);
  return { value: coerced.value, used: [index] };
}

function mergeLists(said: readonly Said[], type: Extract<SettingType, { kind: 'list' }>): Result {
  const relevant = upToFinal(said);
  const all = relevant.map((one) =>
    itemsOf(one.raw).map((raw) => ({ flag: raw.flag, value: valueOfItem(one, raw, type) })),
  );
  const top = all.flat().filter(({ flag }) => flag === 'top');
  const bottom = all
    .toReversed()
    .flat()
    .filter(({ flag }) => flag === 'bottom');
  const values = unique([...top, ...all.toReversed().flat()].map(({ value }) => value));
  // An item at the bottom stays there even when another place wants it at the top.
  const upsideDown = unique([...bottom.map(({ value }) => value).toReversed(), ...values.toReversed()]);
  return { value: upsideDown.toReversed(), used: relevant.map((_, index) => index) };
}

function mergeMaps(said: readonly Said[], typeOf: (key: string) => SettingType | undefined): Result {
  const relevant = upToFinal(said);
  const byKey = new Map<string, Said[]>();
  for (const one of relevant) {
    for (const [key, raw] of entriesOf(one.raw)) {
      const list = byKey.get(key) ?? [];
      list.push({ raw, where: `${key} of ${one.where}` });
      byKey.set(key, list);
    }
  }
  const value: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, list] of byKey) {
    const type = typeOf(key);
    if (type === undefined) continue;
    const final = list.find(({ raw }) => raw.flag === 'final');
    value[key] = final === undefined ? merge(list, type)?.value : valueAsWritten(final, type);
  }
  return { value: { ...value }, used: relevant.map((_, index) => index) };
}

/** Within a map, what is final stands alone, and a list in the order it was written in. */
function valueAsWritten(one: Said, type: SettingType): unknown {
  return type.kind === 'list' && one.raw.kind === 'list'
    ? one.raw.items.map((raw) => valueOfItem(one, raw, type))
    : merge([one], type)?.value;
}

function valueOfItem({ where }: Said, raw: RawValue, type: Extract<SettingType, { kind: 'list' }>): unknown {
  return merge([{ raw, where }], type.of)?.value;
}

/** A place that leaves a field out says its default, as in conda. */
function mergeObject(said: readonly Said[], type: Extract<SettingType, { kind: 'object' }>): Result {
  const defaults = Object.entries(type.fields).map(
    ([key, field]) => [key, rawValueOf(field.default)] as const,
  );
  const filled = said.map(({ raw, where }): Said => {
    const entries = new Map([...defaults, ...entriesOf(raw)]);
    return { raw: { kind: 'map', entries, flag: raw.flag }, where };
  });
  return mergeMaps(filled, (key) => type.fields[key]?.type);
}

/** @throws {TcondaError} `CONFIG_TYPE` where a list or a map should be and is not; single values are looked at when they count */
function checkKind(one: Said, type: SettingType): void {
  const { raw, where } = one;
  if (isNull(raw)) return;
  if (type.kind === 'list') {
    if (raw.kind !== 'list') throw wrongType(one, type);
    for (const item of raw.items) checkKind({ raw: item, where }, type.of);
  } else if (type.kind === 'map' || type.kind === 'object') {
    if (raw.kind !== 'map') throw wrongType(one, type);
    for (const [key, entry] of raw.entries) {
      const inner = type.kind === 'map' ? type.of : type.fields[key]?.type;
      if (inner !== undefined) checkKind({ raw: entry, where: `${key} of ${where}` }, inner);
    }
  }
}

function winner(said: readonly Said[]): number {
  const final = said.findIndex(({ raw }) => raw.flag === 'final');
  return final === -1 ? said.length - 1 : final;
}

function upToFinal(said: readonly Said[]): readonly Said[] {
  const final = said.findIndex(({ raw }) => raw.flag === 'final');
  return final === -1 ? said : said.slice(0, final + 1);
}

/** Equal values once, where they first stand. */
function unique(values: readonly unknown[]): readonly unknown[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const key = JSON.stringify(value, withSortedKeys);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function withSortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function itemsOf(raw: RawValue): readonly RawValue[] {
  return raw.kind === 'list' ? raw.items : [];
}

function entriesOf(raw: RawValue): ReadonlyMap<string, RawValue> {
  return raw.kind === 'map' ? raw.entries : new Map();
}

function isNull(raw: RawValue): boolean {
  return raw.kind === 'scalar' && raw.value === null;
}

function wrongType({ raw, where }: Said, type: SettingType): TcondaError {
  return new TcondaError(
    'CONFIG_TYPE',
    `${where}${formatLine(raw)} must be ${describeType(type)}, not ${nameOf(raw)}`,
  );
}

function unfit({ raw, where }: Said, type: SettingType): TcondaError {
  const shown = raw.kind === 'scalar' ? ` '${maskSettings(String(raw.value))}'` : '';
  return new TcondaError(
    // conda reads any value there, and then finds its type to be wrong.
    type.kind === 'bool|int' ? 'CONFIG_TYPE' : 'CONFIG_VALUE',
    `${where}${formatLine(raw)}: the value${shown} is not ${describeType(type)}`,
  );
}

/** Where in its file a value stands: ` (line 3)`. */
export function formatLine({ line }: RawValue): string {
  return line === undefined ? '' : ` (line ${line})`;
}

function nameOf(raw: RawValue): string {
  if (raw.kind === 'list') return 'a list';
  return raw.kind === 'map' ? 'a map' : 'a single value';
}

/** In words, for messages: `true or false`, `a list of texts`. */
export function describeType(type: SettingType): string {
  switch (type.kind) {
    case 'bool':
      return 'true or false';
    case 'bool?':
      return 'true, false or null';
    case 'str':
    case 'str?':
      return 'a text';
    case 'int':
      return 'a whole number';
    case 'float':
      return 'a number';
    case 'bool|str':
      return 'true, false or a text';
    case 'bool|int':
      return 'true, false or a whole number';
    case 'enum':
      return `one of ${type.values.join(', ')}`;
    case 'list':
      return 'a list';
    case 'map':
    case 'object':
      return 'a map';
    case 'any':
      return 'a value';
  }
}
