import path from 'node:path';

import {
  channelSettings,
  type ConfigLayer,
  formatSource,
  isSettingName,
  type LoadedConfig,
  plainValueOf,
  type SettingName,
  SETTINGS,
} from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import { formatSettings, type SettingValue } from '../report/settings-text.ts';
import { channelUrlToJson } from './channel-json.ts';
import type { CommandResult, CommandSpec, Context, OptionSpec } from './command.ts';
import { isSet, readText } from './option-values.ts';
import { loadSettings } from './settings.ts';

const LATER = 'files are not written yet; edit .condarc by hand';
const writing = (flags: string, description: string): OptionSpec => ({
  flags,
  description,
  repeat: true,
  refused: LATER,
});

export const config: CommandSpec = {
  summary: 'Show settings and where they come from',
  description:
    'Shows settings: what holds now (--show), which file or variable said what (--show-sources), what the user’s own ' +
    'file says (--get). KEYS choose among them.',
  operands: ['[keys...]'],
  options: [
    {
      heading: 'What to show',
      options: [
        { flags: '--show', description: 'what holds now' },
        { flags: '--show-sources', description: 'who says what' },
        { flags: '--get', description: 'what one file says' },
        { flags: '--describe', description: 'what each setting means' },
        { flags: '--validate', description: 'check all files and variables' },
      ],
    },
    {
      heading: 'Which file',
      options: [
        { flags: '--file <file>', description: 'this one; default: ~/.condarc' },
        { flags: '--system', description: 'that of the base environment' },
        { flags: '--env', description: 'that of the active environment' },
        { flags: '-n, --name <environment>', description: 'that of an environment', conflicts: ['prefix'] },
        { flags: '-p, --prefix <path>', description: 'that of the environment in this folder' },
      ],
    },
    {
      heading: 'Changes',
      options: [
        writing('--set <key>', 'set a key'),
        writing('--append <key>', 'add to the end of a list'),
        writing('--prepend <key>', 'add to the start of a list'),
        writing('--add <key>', 'the same as --prepend'),
        writing('--remove <key>', 'take out of a list'),
        writing('--remove-key <key>', 'take a key out'),
        writing('--clear <key>', 'make a list empty'),
        { flags: '--stdin', description: 'read YAML from stdin', refused: LATER },
        { flags: '--write-default', description: 'write all defaults', refused: LATER },
      ],
    },
  ],
  examples: ['tconda config --show channels', 'tconda config --show-sources'],
  async run(keys, options, context) {
    const settings = await loadSettings(options, context);
    const view: View = { settings, host: context.host, isJson: context.global.json };
    if (isSet(options, 'show')) return show(keys, view);
    if (isSet(options, 'describe')) return describe(keys, view);
    if (isSet(options, 'showSources')) return showSources(view);
    if (isSet(options, 'validate')) return validate(settings);
    const file = fileOf(options, settings, context);
    return getFrom(file, isSet(options, 'get') ? keys : undefined, settings, context);
  },
};

interface View {
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

function show(keys: readonly string[], view: View): CommandResult {
  const names = namesOf(keys);
  const values = new Map(names.map((name) => [name, valueOf(name, view)]));
  const json = names.map((name) => [name, jsonOf(name, view)]);
  return { kind: 'output', json: Object.fromEntries(json), lines: formatSettings(values) };
}

/** conda says None where nothing is set; the table says 0. */
const NONE_WHEN_ZERO: ReadonlySet<string> = new Set(['default_threads', 'repodata_threads']);

/** The value as conda would say it: what follows from other settings is filled in. */
function valueOf(name: SettingName, { settings, host, isJson }: View): SettingValue {
  if (name === 'custom_multichannels') {
    const { customMultichannels } = channelSettings(settings, host);
    return Object.fromEntries([...customMultichannels].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (name === 'json') return isJson;
  if (name === 'console' && isJson) return 'json';
  if (name === 'export_platforms' && settings.get(name).length === 0) return [settings.get('subdir')];
  const value = settings.get(name) as SettingValue;
  return NONE_WHEN_ZERO.has(name) && value === 0 ? null : value;
}

/** Settings that name channels are objects in conda's JSON. */
function jsonOf(name: SettingName, view: View): unknown {
  const { settings } = view;
  if (name === 'channel_alias') return channelUrlToJson(settings.get('channel_alias'), '');
  if (name === 'default_channels') {
    return settings.get('default_channels').map((url) => channelUrlToJson(url));
  }
  if (name === 'custom_channels') {
    return mapValues(settings.get('custom_channels'), (url, key) => channelUrlToJson(url, key));
  }
  if (name === 'custom_multichannels') {
    return mapValues(settings.get('custom_multichannels'), (urls) =>
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

function describe(keys: readonly string[], view: View): CommandResult {
  const names = namesOf(keys);
  const entries = names.map((name) => {
    const { type, summary, aliases, effect, group } = SETTINGS[name];
    return { name, group, summary, type: type.kind, aliases, effect, value: valueOf(name, view) };
  });
  const lines = entries.flatMap(({ name, summary, aliases, effect }) => [
    `# ${name}${aliases.length > 0 ? ` (${aliases.join(', ')})` : ''}`,
    `#   ${summary}${effect === 'none' ? ' (no effect here)' : ''}`,
    ...formatSettings(new Map([[name, valueOf(name, view)]])).map((line) => `# ${line}`),
    '',
  ]);
  return { kind: 'output', json: entries, lines };
}

function showSources(view: View): CommandResult {
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

function validate(settings: LoadedConfig): CommandResult {
  for (const name of Object.keys(SETTINGS).filter(isSettingName)) settings.get(name);
  const [warning] = settings.warnings;
  if (warning?.kind === 'invalid-file') throw new TcondaError('CONFIG_VALUE', warning.message);
  return { kind: 'output', lines: [] };
}

function fileOf(
  options: Parameters<CommandSpec['run']>[1],
  settings: LoadedConfig,
  { host }: Context,
): string {
  const file = readText(options, 'file');
  if (file !== undefined) return path.resolve(host.cwd, file);
  if (isSet(options, 'system')) return path.join(settings.get('root_prefix'), '.condarc');
  if (isSet(options, 'env') || options['name'] !== undefined || options['prefix'] !== undefined) {
    return path.join(settings.targetPrefix, '.condarc');
  }
  return host.env['CONDARC'] ?? path.join(host.home, '.condarc');
}

function getFrom(
  file: string,
  keys: readonly string[] | undefined,
  settings: LoadedConfig,
  context: Context,
): CommandResult {
  const layer = settings.layers.find(({ source }) => source.kind === 'file' && source.path === file);
  const values = layer === undefined ? new Map<string, SettingValue>() : valuesOf(layer);
  const known = keys?.filter((key) => {
    if (isSettingName(key)) return true;
    context.warn(`Unknown key: '${key}'`);
    return false;
  });
  const chosen = [...values].filter(
    ([key]) => known !== undefined && (keys?.length === 0 || known.includes(key)),
  );
  return {
    kind: 'output',
    json: { success: true, rc_path: file, warnings: [], get: Object.fromEntries(chosen) },
    lines: chosen.flatMap(([key, value]) => getLines(key, value)),
  };
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

function valuesOf(layer: ConfigLayer): ReadonlyMap<string, SettingValue> {
  return new Map([...layer.values].map(([key, raw]) => [key, plainValueOf(raw) as SettingValue]));
}
