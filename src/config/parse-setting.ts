import { TcondaError } from '../errors.ts';
import { coerceScalar, guessScalar } from './coerce.ts';
import { describeType } from './merge.ts';
import type { SettingType } from './setting-type.ts';
import type { Setting } from './setting.ts';
import { isSettingName, type SettingName, SETTINGS } from './settings.ts';

/** The setting that a key or one of its other names means, with the key inside it, if any: `proxy_servers.http`. */
export interface FoundSetting {
  readonly name: SettingName;
  readonly setting: Setting;
  readonly inner: string | undefined;
}

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
    throw new TcondaError(
      'CONFIG_VALUE',
      `Parameter ${key} = '${text}' declared in --set parameter is invalid.\n${complaint ?? ''}`,
      { data: { parameter_name: key, parameter_value: text } },
    );
  }
  return coerced.value;
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
