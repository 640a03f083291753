import type { SettingType } from './setting-type.ts';

/** What can stand in a file or a variable before a type is asked of it. */
export type Scalar = string | number | boolean | null;

/** A value of the type that was asked for, or none. */
export type Coerced = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'unfit' };

const UNFIT: Coerced = { kind: 'unfit' };
const TRUE_WORDS: ReadonlySet<string> = new Set(['true', 'yes', 'on', 'y']);
const FALSE_WORDS: ReadonlySet<string> = new Set(['false', 'off', 'n', 'no', 'non', 'none', '']);
const NULL_WORDS: ReadonlySet<string> = new Set(['none', '~', 'null', '\0']);
const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * A scalar as a value of a scalar type, the way conda reads it: `on` is a true bool, `2` too, `none` a false one.
 *
 * @param written the text of a number, where a text is wanted: `3.10`
 */
export function coerceScalar(scalar: Scalar, type: SettingType, written?: string): Coerced {
  const text = typeof scalar === 'string' ? scalar.trim() : undefined;
  switch (type.kind) {
    case 'bool':
      return scalar === null ? fit(false) : coerceBool(scalar);
    case 'bool?':
      if (scalar === null || NULL_WORDS.has(text?.toLowerCase() ?? '')) return fit(null);
      return coerceBool(scalar);
    case 'str':
      return scalar === null ? UNFIT : fit(typeof scalar === 'string' ? scalar : (written ?? String(scalar)));
    case 'str?':
      if (text?.toLowerCase() === 'none') return fit(null);
      return fit(scalar === null ? null : (text ?? written ?? String(scalar)));
    case 'int':
      return coerceNumber(scalar, INTEGER);
    case 'float':
      return coerceNumber(scalar, NUMBER);
    case 'bool|str': {
      const bool = coerceBool(scalar);
      return bool.kind === 'value' || text === undefined ? bool : fit(text);
    }
    case 'bool|int': {
      const guess = guessScalar(text ?? String(scalar));
      return typeof guess === 'boolean' || Number.isInteger(guess) ? fit(guess) : UNFIT;
    }
    case 'enum':
      return coerceEnum(scalar, type);
    case 'any':
      return fit(scalar);
    case 'list':
    case 'map':
    case 'object':
      return UNFIT;
  }
}

/** What a text most likely is when nobody says: a number, a boolean word, null, or itself. */
export function guessScalar(text: string): Scalar {
  const word = text.trim();
  if (NUMBER.test(word)) return Number(word);
  const lower = word.toLowerCase();
  if (lower === 'true' || lower === 'yes' || lower === 'on') return true;
  if (lower === 'false' || lower === 'no' || lower === 'off') return false;
  return lower === 'none' || lower === 'null' ? null : word;
}

function fit(value: unknown): Coerced {
  return { kind: 'value', value };
}

function coerceBool(scalar: Scalar): Coerced {
  if (scalar === null) return UNFIT;
  if (typeof scalar !== 'string') return fit(Boolean(scalar));
  const word = scalar.trim().toLowerCase();
  if (TRUE_WORDS.has(word)) return fit(true);
  if (FALSE_WORDS.has(word)) return fit(false);
  return NUMBER.test(word) ? fit(Number(word) !== 0) : UNFIT;
}

function coerceNumber(scalar: Scalar, form: RegExp): Coerced {
  // `verbosity: true` is once.
  if (typeof scalar === 'boolean') return fit(Number(scalar));
  if (typeof scalar === 'number') {
    return fit(form === INTEGER ? Math.trunc(scalar) : scalar);
  }
  return typeof scalar === 'string' && form.test(scalar.trim()) ? fit(Number(scalar)) : UNFIT;
}

function coerceEnum(scalar: Scalar, type: Extract<SettingType, { kind: 'enum' }>): Coerced {
  const word = String(scalar).trim();
  const isMeant = (value: string): boolean =>
    value === word || (type.hasNames === true && value.toUpperCase() === word);
  const value = type.values.find(isMeant);
  if (value !== undefined || type.booleans === undefined) return value === undefined ? UNFIT : fit(value);
  const guess = typeof scalar === 'boolean' ? scalar : guessScalar(word);
  return typeof guess === 'boolean' ? fit(type.booleans[guess ? 0 : 1]) : UNFIT;
}
