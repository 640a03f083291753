import { TcondaError } from '../errors.ts';
import { maskSettings } from '../io/url-secrets.ts';
import { plainValueOf, type RawValue } from './raw-value.ts';

/** One change of a file of settings. Keys may lead into maps: `proxy_servers.http`. */
export type CondarcEdit =
  | { readonly kind: 'set'; readonly key: string; readonly value: unknown }
  | { readonly kind: 'add'; readonly key: string; readonly value: string; readonly at: 'start' | 'end' }
  | { readonly kind: 'remove'; readonly key: string; readonly value: string }
  | { readonly kind: 'clear' | 'remove-key'; readonly key: string };

/** A key of the file, and one within its map. */
export interface KeyPath {
  readonly outer: string;
  readonly inner: string | undefined;
}

/** What is to happen to a key, or to one item of its list, beside the whole list as it is to be. */
export type Change =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'no-key' }
  | ({ readonly value: readonly unknown[] } & ItemChange);

type ItemChange =
  | { readonly kind: 'item'; readonly item: string; readonly at: 'start' | 'end' }
  | { readonly kind: 'move'; readonly index: number; readonly at: 'start' | 'end' }
  | { readonly kind: 'no-item'; readonly index: number };

/** What a change makes of one setting. */
export interface PlannedChange {
  /** What the outer key is to hold afterwards; undefined when it is to be gone. */
  readonly value: unknown;
  readonly change: Change;
  readonly warning?: string;
}

/**
 * What an edit makes of the values of its outer key.
 *
 * @param name of the file, for messages
 * @throws {TcondaError} `CONFIG_KEY` for what isn't there to be removed, `CONFIG_TYPE` for a value of another kind
 */
export function planChange(
  raw: RawValue | undefined,
  edit: CondarcEdit,
  path: KeyPath,
  name: string,
): PlannedChange {
  const outer = raw === undefined ? undefined : plainValueOf(raw);
  const map = path.inner === undefined ? undefined : asMap(outer, path.outer, name);
  const old = path.inner === undefined ? outer : map?.[path.inner];
  const put = (value: unknown): unknown =>
    path.inner === undefined ? value : { ...map, [path.inner]: value };
  if (edit.kind === 'set') return { value: put(edit.value), change: { kind: 'value', value: edit.value } };
  if (edit.kind === 'add') return applyAddition(edit, asList(old, edit.key, name), put);
  if (old === undefined) throw keyError(edit.key, 'undefined in config');
  switch (edit.kind) {
    case 'clear':
      return { value: put([]), change: { kind: 'value', value: [] } };
    case 'remove':
      return applyRemoval(edit, asList(old, edit.key, name), put);
    case 'remove-key': {
      const entries = Object.entries(map ?? {}).filter(([key]) => key !== path.inner);
      const rest = path.inner === undefined ? undefined : Object.fromEntries(entries);
      return { value: rest, change: { kind: 'no-key' } };
    }
  }
}

function applyRemoval(
  { key, value }: Extract<CondarcEdit, { kind: 'remove' }>,
  items: readonly unknown[],
  put: (value: unknown) => unknown,
): PlannedChange {
  const index = items.findIndex((item) => String(item) === value);
  if (index < 0) throw keyError(key, `value '${maskSettings(value)}' not present in config`);
  const rest = items.filter((_, other) => other !== index);
  const change: Change =
    rest.length === 0 ? { kind: 'value', value: [] } : { kind: 'no-item', index, value: rest };
  return { value: put(rest), change };
}

function applyAddition(
  { key, value, at }: Extract<CondarcEdit, { kind: 'add' }>,
  items: readonly unknown[],
  put: (value: unknown) => unknown,
): PlannedChange {
  const index = items.findIndex((item) => String(item) === value);
  const others = items.filter((_, other) => other !== index);
  const item = index < 0 ? value : items[index];
  const all = at === 'start' ? [item, ...others] : [...others, item];
  if (index < 0) {
    const change: Change =
      items.length === 0 ? { kind: 'value', value: all } : { kind: 'item', item: value, at, value: all };
    return { value: put(all), change };
  }
  const where = at === 'start' ? 'top' : 'bottom';
  return {
    value: put(all),
    change: { kind: 'move', index, at, value: all },
    warning: `Warning: '${maskSettings(value)}' already in '${key}' list, moving to the ${where}`,
  };
}

function asMap(value: unknown, key: string, name: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw new TcondaError('CONFIG_TYPE', `${key} in ${name} is no map`);
}

function asList(value: unknown, key: string, name: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new TcondaError('CONFIG_TYPE', `${key} in ${name} is no list`);
}

function keyError(key: string, problem: string): TcondaError {
  const msg = `'${key}': ${problem}`;
  return new TcondaError('CONFIG_KEY', msg, { data: { key, msg } });
}
