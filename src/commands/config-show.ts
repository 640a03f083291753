import {
  channelSettings,
  findConfigErrors,
  findSetting,
  formatSource,
  isSettingName,
  type LoadedConfig,
  type SettingName,
  SETTINGS,
} from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import { stripUrl } from '../io/url-secrets.ts';
import { formatSettings, type SettingValue } from '../report/settings-text.ts';
import { channelUrlToJson } from './channel-json.ts';
import type { CommandResult } from './command.ts';
import { valuesOf } from './config-values.ts';

/** The settings, and how they are to be shown. */
export interface View {
  readonly settings: LoadedConfig;
  readonly host: Host;
  readonly isJson: boolean;
}

/**
 * The settings that keys name, by their names or others, sorted; all when there are no keys.
 * @throws {TcondaError} `USAGE`
 */
export function settingsOf(keys: readonly string[]): readonly SettingName[] {
  const found = keys.map((key) => ({ key, setting: findSetting(key) }));
  const wrong = found.filter(({ setting }) => setting === undefined || setting.inner !== undefined);
  if (wrong.length > 0) {
    const lines = wrong.map(({ key }) => `\n  - ${key}`).join('');
    throw new TcondaError('USAGE', `Invalid configuration parameters: ${lines}`);
  }
  const names = found.flatMap(({ setting }) => (setting === undefined ? [] : [setting.name]));
  return [...new Set(keys.length > 0 ? names : Object.keys(SETTINGS).filter(isSettingName))].toSorted();
}

/** `--show`. */
export function show(keys: readonly string[], view: View): CommandResult {
  const names = settingsOf(keys);
  const values = new Map(names.map((name) => [name, textOf(name, view)]));
  const json = Object.fromEntries(names.map((name) => [name, jsonOf(name, view)]));
  return { kind: 'output', json: withSortedKeys(json), lines: formatSettings(values) };
}

/** As it stands in text: Python writes numbers with a fraction as such. */
function textOf(name: SettingName, view: View): SettingValue {
  const value = valueOf(name, view);
  const isWhole = SETTINGS[name].type.kind === 'float' && Number.isInteger(value);
  return isWhole ? `${String(value as number)}.0` : value;
}

/** conda says None where nothing is set; the table says 0. */
const NONE_WHEN_ZERO: ReadonlySet<string> = new Set(['default_threads', 'repodata_threads']);

/** The value as conda would say it: what follows from other settings is filled in. */
export function valueOf(name: SettingName, { settings, host, isJson }: View): SettingValue {
  if (name === 'custom_multichannels') {
    const { customMultichannels } = channelSettings(settings, host);
    return Object.fromEntries([...customMultichannels].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (name === 'custom_channels') return { ...defaultsByName(settings), ...settings.get(name) };
  if (name === 'json') return isJson;
  if (name === 'console' && isJson) return 'json';
  if (name === 'export_platforms' && settings.get(name).length === 0) return [settings.get('subdir')];
  const value = settings.get(name) as SettingValue;
  return NONE_WHEN_ZERO.has(name) && value === 0 ? null : value;
}

/** The members of `defaults` are channels with a name and a place as well: `pkgs/main`. */
function defaultsByName(settings: LoadedConfig): Readonly<Record<string, string>> {
  const parts = settings
    .get('default_channels')
    .map((url) => /^([a-z]+:\/\/[^/]+)\/(.+)$/.exec(stripUrl(url)));
  return Object.fromEntries(
    parts.flatMap((match) => (match === null ? [] : [[match[2] ?? '', match[1] ?? '']])),
  );
}

/** Settings that name channels are objects in conda's JSON. */
function jsonOf(name: SettingName, view: View): unknown {
  const { settings } = view;
  if (name === 'channel_alias') return channelUrlToJson(stripUrl(settings.get('channel_alias')), '');
  if (name === 'default_channels') {
    return settings.get('default_channels').map((url) => channelUrlToJson(stripUrl(url)));
  }
  if (name === 'custom_channels') {
    const channels = { ...defaultsByName(settings), ...settings.get('custom_channels') };
    return mapValues(channels, (url, key) => channelUrlToJson(stripUrl(url), key));
  }
  if (name === 'custom_multichannels') {
    const { customMultichannels } = channelSettings(settings, view.host);
    return mapValues(Object.fromEntries(customMultichannels), (urls) =>
      urls.map((url) => channelUrlToJson(stripUrl(url))),
    );
  }
  return valueOf(name, view);
}

/** Of the value and of all in it. */
function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, withSortedKeys(inner)]),
  );
}

function mapValues<T, U>(
  map: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}

/** `--show-sources`. */
export function showSources(view: View): CommandResult {
  const { settings, isJson } = view;
  const sources = new Map<string, ReadonlyMap<string, SettingValue>>(
    settings.layers.map((layer) => [formatSource(layer.source), valuesOf(layer)]),
  );
  const variables = Object.keys(SETTINGS)
    .filter(isSettingName)
    .filter((name) => settings.sources(name).some(({ kind }) => kind === 'environment'));
  if (variables.length > 0) {
    sources.set('envvars', new Map(variables.map((name) => [name, valueOf(name, view)])));
  }
  if (isJson) sources.set('cmd_line', new Map([['json', true]]));
  return {
    kind: 'output',
    json: withSortedKeys(mapValues(Object.fromEntries(sources), (values) => Object.fromEntries(values))),
    lines: [...sources].flatMap(([name, values]) => [`==> ${name} <==`, ...formatSettings(values), '']),
  };
}

/**
 * `--validate`: reads every setting, and tells of all that is wrong.
 * @throws {TcondaError} the one there is; `CONFIG_INVALID` when there are several
 */
export function validate(settings: LoadedConfig): CommandResult {
  const files = settings.warnings
    .filter(({ kind }) => kind === 'invalid-file')
    .map(({ message }) => new TcondaError('CONFIG_VALUE', message));
  const errors = [...files, ...findConfigErrors(settings)];
  const [only] = errors;
  if (only === undefined) return { kind: 'output', json: { success: true }, lines: [] };
  if (errors.length === 1) throw only;
  throw new TcondaError('CONFIG_INVALID', errors.map(({ message }) => `\n  - ${message}`).join(''), {
    data: { errors: errors.map(({ code, message }) => ({ code, message })) },
  });
}
