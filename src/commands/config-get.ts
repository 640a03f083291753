import { findSetting, type LoadedConfig } from '../config/index.ts';
import { formatSettings, type SettingValue } from '../report/settings-text.ts';
import type { CommandResult, Context } from './command.ts';
import { valuesOf } from './config-values.ts';

/** `--get`: what one file says; without keys all of it. */
export function getFrom(
  file: string,
  keys: readonly string[] | undefined,
  settings: LoadedConfig,
  context: Context,
): CommandResult {
  const layer = settings.layers.find(({ source }) => source.kind === 'file' && source.path === file);
  const values = layer === undefined ? new Map<string, SettingValue>() : valuesOf(layer);
  const known = keys?.filter((key) => {
    if (findSetting(key) !== undefined) return true;
    context.warn(`Unknown key: '${key}'`);
    return false;
  });
  const chosen = chooseValues(values, known, keys?.length === 0);
  return {
    kind: 'output',
    json: { success: true, rc_path: file, warnings: [], get: Object.fromEntries(chosen) },
    lines: chosen.flatMap(([key, value]) => getLines(key, value)),
  };
}

function chooseValues(
  values: ReadonlyMap<string, SettingValue>,
  keys: readonly string[] | undefined,
  isAll: boolean,
): readonly (readonly [string, SettingValue])[] {
  if (keys === undefined) return [];
  if (isAll) return [...values];
  return keys.flatMap((key) => {
    const found = values.get(key);
    if (found !== undefined) return [[key, found] as const];
    // `proxy_servers.http` is one of a map.
    const dot = key.indexOf('.');
    const outer = dot < 0 ? undefined : values.get(key.slice(0, dot));
    if (typeof outer !== 'object' || outer === null || Array.isArray(outer)) return [];
    const inner = (outer as Readonly<Record<string, SettingValue>>)[key.slice(dot + 1)];
    return inner === undefined ? [] : [[key, inner] as const];
  });
}

/** Lines that set what is set, when they are given as options: lists from their last item to the first. */
function getLines(key: string, value: SettingValue): readonly string[] {
  if (Array.isArray(value)) {
    const items = (value as readonly SettingValue[]).toReversed();
    return items.map((item, index) => {
      const isFirst = index === items.length - 1;
      const note =
        key !== 'channels'
          ? ''
          : index === 0
            ? '   # lowest priority'
            : isFirst
              ? '   # highest priority'
              : '';
      return `--add ${key} '${String(item as string)}'${note}`;
    });
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => getLines(`${key}.${name}`, inner));
  }
  return formatSettings(new Map([[key, value]])).map((line) => `--set ${line.replace(': ', ' ')}`);
}
