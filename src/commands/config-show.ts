import {
  channelSettings,
  formatSource,
  isSettingName,
  type LoadedConfig,
  type Setting,
  type SettingName,
  SETTINGS,
} from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import { formatSettings, type SettingValue } from '../report/settings-text.ts';
import { channelUrlToJson } from './channel-json.ts';
import type { CommandResult } from './command.ts';
import { valuesOf } from './config-values.ts';

export interface View {
  readonly settings: LoadedConfig;
  readonly host: Host;
  readonly isJson: boolean;
}

function namesOf(keys: readonly string[]): readonly SettingName[] {
  const wrong = keys.filter((key) => !isSettingName(key));
  if (wrong.length > 0) {
    const lines = wrong.map((key) => `\n  - ${key}`).join('');
    throw new TcondaError('USAGE', `Invalid configuration parameters: ${lines}`);
  }
  return (
    keys.length > 0 ? keys.filter(isSettingName) : Object.keys(SETTINGS).filter(isSettingName)
  ).toSorted();
}

/** `--show`. */
export function show(keys: readonly string[], view: View): CommandResult {
  const names = namesOf(keys);
  const values = new Map(names.map((name) => [name, textOf(name, view)]));
  const json = names.map((name) => [name, jsonOf(name, view)]);
  return { kind: 'output', json: Object.fromEntries(json), lines: formatSettings(values) };
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
function valueOf(name: SettingName, { settings, host, isJson }: View): SettingValue {
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
  const parts = settings.get('default_channels').map((url) => /^([a-z]+:\/\/[^/]+)\/(.+)$/.exec(url));
  return Object.fromEntries(
    parts.flatMap((match) => (match === null ? [] : [[match[2] ?? '', match[1] ?? '']])),
  );
}

/** Settings that name channels are objects in conda's JSON. */
function jsonOf(name: SettingName, view: View): unknown {
  const { settings } = view;
  if (name === 'channel_alias') return channelUrlToJson(settings.get('channel_alias'), '');
  if (name === 'default_channels') {
    return settings.get('default_channels').map((url) => channelUrlToJson(url));
  }
  if (name === 'custom_channels') {
    const channels = { ...defaultsByName(settings), ...settings.get('custom_channels') };
    return mapValues(channels, (url, key) => channelUrlToJson(url, key));
  }
  if (name === 'custom_multichannels') {
    const { customMultichannels } = channelSettings(settings, view.host);
    return mapValues(Object.fromEntries(customMultichannels), (urls) =>
      urls.map((url) => channelUrlToJson(url)),
    );
  }
  return valueOf(name, view);
}

function mapValues<T, U>(
  map: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}

/** `--describe`. */
export function describe(keys: readonly string[], view: View): CommandResult {
  const names = namesOf(keys);
  const entries = names.map((name) => {
    const { type, summary, aliases, noEffect, group } = SETTINGS[name] as Setting;
    const parameterType = type.kind === 'list' ? 'sequence' : type.kind === 'map' ? 'map' : 'primitive';
    return {
      name,
      aliases,
      description: summary,
      default_value: defaultOf(name, view),
      parameter_type: parameterType,
      element_types: ['of' in type ? type.of.kind : type.kind],
      group,
      effect: noEffect === undefined ? 'used' : 'none',
      ...(noEffect === undefined ? {} : { reason: noEffect }),
      value: valueOf(name, view),
    };
  });
  return { kind: 'output', json: entries, lines: describeLines(names, view) };
}

/** What holds when nobody says anything; null for what depends on the machine. */
function defaultOf(name: SettingName, { settings }: View): unknown {
  const { fallback } = SETTINGS[name] as Setting;
  if ('value' in fallback) return fallback.value;
  return settings.sources(name)[0]?.kind === 'default' ? settings.get(name) : null;
}

/** Every setting as a commented-out line, with what it means above it. */
export function describeLines(names: readonly SettingName[], view: View): readonly string[] {
  return names.flatMap((name) => {
    const { summary, aliases, noEffect } = SETTINGS[name] as Setting;
    return [
      `# # ${name}${aliases.length > 0 ? ` (${aliases.join(', ')})` : ''}`,
      `# #   ${summary}${noEffect === undefined ? '' : ` (no effect here: ${noEffect})`}`,
      ...formatSettings(new Map([[name, textOf(name, view)]])).map((line) => `# ${line}`),
      '',
    ];
  });
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
    json: mapValues(Object.fromEntries(sources), (values) => Object.fromEntries(values)),
    lines: [...sources].flatMap(([name, values]) => [`==> ${name} <==`, ...formatSettings(values), '']),
  };
}

/** `--validate`: reads every setting. */
export function validate(settings: LoadedConfig): CommandResult {
  for (const name of Object.keys(SETTINGS).filter(isSettingName)) settings.get(name);
  const [warning] = settings.warnings;
  if (warning?.kind === 'invalid-file') throw new TcondaError('CONFIG_VALUE', warning.message);
  return { kind: 'output', json: { success: true }, lines: [] };
}
