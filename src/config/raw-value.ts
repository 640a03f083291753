import type { Scalar } from './coerce.ts';

/** What a comment behind a key or an item says about it: `#!final`, `#!top`, `#!bottom`. */
export type Flag = 'final' | 'top' | 'bottom';

const FLAG = /^[#!]*(final|top|bottom)[#!]*$/;

/**
 * The flag that a comment is. Any number of `#` and `!` may stand around the word, as in conda, but no blank.
 * @param comment from its first `#`
 */
export function parseFlag(comment: string): Flag | undefined {
  return FLAG.exec(comment.trim())?.[1] as Flag | undefined;
}

/** A value as it stands in one place, before it is merged with others and given a type. */
export type RawValue =
  | {
      readonly kind: 'scalar';
      readonly value: Scalar;
      /** As written, where that says more than the value: `3.10`. */
      readonly text?: string;
      readonly flag?: Flag | undefined;
      /** Of the file, where it stands; the line of its key. */
      readonly line?: number | undefined;
    }
  | {
      readonly kind: 'list';
      readonly items: readonly RawValue[];
      readonly flag?: Flag | undefined;
      readonly line?: number | undefined;
    }
  | {
      readonly kind: 'map';
      readonly entries: ReadonlyMap<string, RawValue>;
      readonly flag?: Flag | undefined;
      readonly line?: number | undefined;
    };

/** Where a value comes from. */
export type SettingSource =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'command-line' };

/** The settings that one file gives, or one of the other places. */
export interface ConfigLayer {
  readonly source: SettingSource;
  /** By key as written, aliases included. */
  readonly values: ReadonlyMap<string, RawValue>;
}

/** A plain value, as flags of the command line come, as a {@link RawValue}. */
export function rawValueOf(value: unknown): RawValue {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(rawValueOf) };
  if (typeof value === 'object' && value !== null) {
    return {
      kind: 'map',
      entries: new Map(Object.entries(value).map(([key, item]) => [key, rawValueOf(item)])),
    };
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', value };
  }
  return { kind: 'scalar', value: null };
}

/** Applies a function to every text in the value, however deep. */
export function mapRawTexts(raw: RawValue, change: (text: string) => string): RawValue {
  switch (raw.kind) {
    case 'scalar':
      return typeof raw.value === 'string' ? { ...raw, value: change(raw.value) } : raw;
    case 'list':
      return { ...raw, items: raw.items.map((item) => mapRawTexts(item, change)) };
    case 'map':
      return {
        ...raw,
        entries: new Map([...raw.entries].map(([key, value]) => [key, mapRawTexts(value, change)])),
      };
  }
}

/** The value without its flags. */
export function plainValueOf(raw: RawValue): unknown {
  switch (raw.kind) {
    case 'scalar':
      return raw.value;
    case 'list':
      return raw.items.map(plainValueOf);
    case 'map':
      return Object.fromEntries([...raw.entries].map(([key, value]) => [key, plainValueOf(value)]));
  }
}

/** Where a source is, for a message: a path, a variable, or words. */
export function formatSource(source: SettingSource): string {
  switch (source.kind) {
    case 'default':
      return 'default';
    case 'file':
      return source.path;
    case 'environment':
      return source.variable;
    case 'command-line':
      return 'command line';
  }
}
