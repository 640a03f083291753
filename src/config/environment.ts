import type { Host } from '../host/index.ts';
import type { Match } from './merge.ts';
import type { RawValue } from './raw-value.ts';
import type { SettingType } from './setting-type.ts';

/** Beginnings of variables that are settings, lower precedence first. */
export const PREFIXES = ['CONDA_', 'TCONDA_'] as const;

const IMPORTANT = /\s+!important$/;

/**
 * What the environment says of a setting: for each prefix the variable of its name, else that of an alias.
 *
 * @param names the key and its aliases
 */
export function matchesOfEnvironment(
  names: readonly string[],
  type: SettingType,
  { env, platform }: Pick<Host, 'env' | 'platform'>,
  prefixes: readonly string[] = PREFIXES,
): readonly Match[] {
  return prefixes.flatMap((prefix) => {
    for (const name of names) {
      const variable = prefix + name.toUpperCase().replaceAll('-', '_');
      const text = env[variable];
      if (text === undefined) continue;
      const raw = parseVariable(text, type, platform);
      return [{ source: { kind: 'environment', variable }, key: name, raw }];
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
