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

const IMPORTANT = /\s+!important$/;

/**
 * What the environment says of a setting: its own variables, lowest precedence first, then for each prefix the variable
 * of its name, else that of an alias.
 *
 * @param names the key and its aliases
 */
export function matchesOfEnvironment(
  names: readonly string[],
  type: SettingType,
  { env, platform }: Pick<Host, 'env' | 'platform'>,
  { prefixes = PREFIXES, variables = [] }: EnvironmentNames = {},
): readonly Match[] {
  const groups = [
    ...variables.map((variable) => [variable]),
    ...prefixes.map((prefix) => names.map((name) => prefix + name.toUpperCase().replaceAll('-', '_'))),
  ];
  return groups.flatMap((group) => {
    for (const variable of group) {
      const text = env[variable];
      if (text === undefined) continue;
      const raw = parseVariable(text, type, platform);
      return [{ source: { kind: 'environment', variable }, key: names[0] ?? '', raw }];
    }
    return [];
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
  const trimmed = text.trim();
  if (!IMPORTANT.test(trimmed)) return { kind: 'scalar', value: trimmed };
  return { kind: 'scalar', value: trimmed.replace(IMPORTANT, ''), flag: 'final' };
}
