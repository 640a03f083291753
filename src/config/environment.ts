import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import type { Match } from './merge.ts';
import type { RawValue } from './raw-value.ts';
import type { SettingType } from './setting-type.ts';

/** Beginnings of variables that are settings, lower precedence first. */
export const PREFIXES = ['CONDA_', 'TCONDA_'] as const;

/** How variables that are settings are called. */
export interface EnvironmentNames {
  readonly prefixes?: readonly string[];
  /** Other variables that say the same. */
  readonly variables?: readonly string[];
}

/**
 * What the environment says of a setting: its own variables, lowest precedence first, then for each prefix the variable
 * of its name or of an alias.
 *
 * @param names the key and its aliases
 * @throws {TcondaError} `CONFIG_DUPLICATE` when variables of one prefix say it by several of its names
 */
export function matchesOfEnvironment(
  names: readonly string[],
  type: SettingType,
  { env, platform }: Pick<Host, 'env' | 'platform'>,
  { prefixes = PREFIXES, variables = [] }: EnvironmentNames = {},
): readonly Match[] {
  const [key = ''] = names;
  const ofPrefixes = prefixes.flatMap((prefix) => {
    const all = names.map((name) => prefix + name.toUpperCase().replaceAll('-', '_'));
    const given = [...new Set(all)].filter((variable) => env[variable] !== undefined);
    if (given.length < 2) return given;
    throw new TcondaError(
      'CONFIG_DUPLICATE',
      `The environment sets ${key} more than once: ${given.join(', ')}`,
    );
  });
  return [...variables, ...ofPrefixes].flatMap((variable) => {
    const text = env[variable];
    if (text === undefined) return [];
    const source = { kind: 'environment', variable } as const;
    return [{ source, key, raw: parseVariable(text, type, platform) }];
  });
}

function parseVariable(text: string, type: SettingType, platform: string): RawValue {
  if (type.kind === 'list') {
    const separator =
      type.separator === 'path' ? (platform === 'win32' ? ';' : ':') : (type.separator ?? ',');
    const items = text
      .split(separator)
      .map((item) => item.trim())
      .filter((item) => item !== '');
    return { kind: 'list', items: items.map((value) => ({ kind: 'scalar', value })) };
  }
  const [value = '', important] = text.split('!important');
  return { kind: 'scalar', value: value.trim(), ...(important === undefined ? {} : { flag: 'final' }) };
}
