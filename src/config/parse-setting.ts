import type * as Yaml from 'yaml';

import { TcondaError } from '../errors.ts';
import { maskSettings } from '../io/url-secrets.ts';
import { coerceScalar, guessScalar } from './coerce.ts';
import { parseCondarc } from './condarc.ts';
import { describeType, mergeMatches } from './merge.ts';
import { plainValueOf, type RawValue } from './raw-value.ts';
import type { SettingType } from './setting-type.ts';
import type { Setting } from './setting.ts';
import { isSettingName, type SettingName, SETTINGS, TOLERATED_KEYS } from './settings.ts';

/** The setting that a key or one of its other names means, with the key inside it, if any: `proxy_servers.http`. */
export interface FoundSetting {
  readonly name: SettingName;
  readonly setting: Setting;
  readonly inner: string | undefined;
}

/** The setting that a key names: its own name, an alias, or one with the key inside it behind a dot. Undefined for what none is called. */
export function findSetting(key: string): FoundSetting | undefined {
  const dot = key.indexOf('.');
  const [outer, inner] = dot < 0 ? [key, undefined] : [key.slice(0, dot), key.slice(dot + 1)];
  const name = isSettingName(outer)
    ? outer
    : Object.keys(SETTINGS).find(
        (candidate): candidate is SettingName =>
          isSettingName(candidate) && (SETTINGS[candidate].aliases as readonly string[]).includes(outer),
      );
  return name === undefined ? undefined : { name, setting: SETTINGS[name], inner };
}

/**
 * Reads what `--set KEY TEXT` is to write.
 * @throws {TcondaError} `CONFIG_KEY` for a key that is unknown or no single value, `CONFIG_VALUE` for a value that doesn't fit
 */
export function parseSettingText(key: string, text: string): unknown {
  const found = findSetting(key);
  if (found === undefined) throw keyError(key, 'unknown parameter');
  const { inner, setting } = found;
  const type = inner === undefined ? setting.type : typeWithin(setting.type, inner);
  if (type === undefined || type.kind === 'list' || type.kind === 'map' || type.kind === 'object') {
    throw keyError(key, 'invalid parameter');
  }
  const coerced = coerceScalar(type.kind === 'any' ? guessScalar(text) : text, type);
  const complaint =
    coerced.kind === 'unfit'
      ? `it must be ${describeType(type)}`
      : inner === undefined
        ? setting.check?.(coerced.value)
        : undefined;
  if (coerced.kind === 'unfit' || complaint !== undefined) {
    const shown = maskSettings(text);
    throw new TcondaError(
      'CONFIG_VALUE',
      `Parameter ${key} = '${shown}' declared in --set parameter is invalid.\n${complaint ?? ''}`,
      { data: { parameter_name: key, parameter_value: shown } },
    );
  }
  return coerced.value;
}

/**
 * Reads a text of YAML as settings, each with its value as its type has it.
 *
 * @param where it comes from, for messages
 * @param yaml the package of that name
 * @throws {TcondaError} `INVALID_VALUE` when it is no YAML, `CONFIG_KEY` for keys nobody knows, `CONFIG_TYPE`, `CONFIG_VALUE`
 */
export function parseSettings(text: string, where: string, yaml: typeof Yaml): ReadonlyMap<string, unknown> {
  const read = parseCondarc(text, yaml);
  if (read.kind === 'invalid') {
    const problem = read.problem === 'not-a-map' ? 'holds no keys' : `is no YAML: ${read.message}`;
    throw new TcondaError('INVALID_VALUE', `${where} ${problem}`);
  }
  return new Map([...read.values].map(([key, raw]) => [key, checkValue(key, raw, where)]));
}

function checkValue(key: string, raw: RawValue, where: string): unknown {
  const found = findSetting(key);
  if (found === undefined && TOLERATED_KEYS.has(key)) return plainValueOf(raw);
  if (found === undefined || found.inner !== undefined) throw keyError(key, 'unknown parameter');
  const { setting } = found;
  const { type } = setting;
  const merged = mergeMatches([{ source: { kind: 'file', path: where }, key, raw }], type);
  const complaint = merged === undefined ? undefined : setting.check?.(merged.value);
  if (complaint !== undefined) {
    throw new TcondaError('CONFIG_VALUE', `Invalid value of ${key} in ${where}: ${complaint}`);
  }
  return type.kind === 'any' || merged === undefined ? plainValueOf(raw) : merged.value;
}

/**
 * Checks that a key is a list, for `--append` and the like.
 * @throws {TcondaError} `CONFIG_KEY`, `INVALID_VALUE`
 */
export function checkIsList(key: string): void {
  const found = findSetting(key);
  if (found === undefined) throw keyError(key, 'unknown parameter');
  const { setting, inner } = found;
  const type = inner === undefined ? setting.type : typeWithin(setting.type, inner);
  if (type?.kind === 'list' || type?.kind === 'any') return;
  throw new TcondaError('INVALID_VALUE', `Key '${key}' is not a known sequence parameter.`);
}

function typeWithin(type: SettingType, key: string): SettingType | undefined {
  if (type.kind === 'map') return type.of;
  if (type.kind === 'object') return type.fields[key]?.type;
  return type.kind === 'any' ? type : undefined;
}

function keyError(key: string, problem: string): TcondaError {
  const msg = `'${key}': ${problem}`;
  return new TcondaError('CONFIG_KEY', msg, { data: { key, msg } });
}
