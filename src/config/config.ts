import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import { matchesOfEnvironment } from './environment.ts';
import { expandPath, expandVariables } from './expand.ts';
import { formatLine, mergeMatches, type Match, type Merged } from './merge.ts';
import {
  formatSource,
  mapRawTexts,
  type RawValue,
  rawValueOf,
  type ConfigLayer,
  type SettingSource,
} from './raw-value.ts';
import type { DefaultContext, Setting } from './setting.ts';
import { SETTINGS, type SettingName, type SettingValue } from './settings.ts';

/** Values of settings that the command line gives. */
export type SettingFlags = { readonly [K in SettingName]?: SettingValue<K> | undefined };

/** Something about the files that a user should know and that stops nothing. */
export interface ConfigWarning {
  readonly kind: 'invalid-file' | 'unknown-key';
  readonly path: string;
  readonly message: string;
  /** That nobody knows. */
  readonly key?: string;
  /** Of an invalid file, what kind of fault it is. */
  readonly problem?: string;
}

/** All settings, each read, merged and checked when it is first asked for. */
export interface Config {
  /**
   * @throws {TcondaError} `CONFIG_TYPE`, `CONFIG_VALUE` or `CONFIG_DUPLICATE`, naming the place and the key;
   *   `NOT_ALLOWED` or `USAGE` for channels that may not be overridden
   */
  readonly get: <K extends SettingName>(key: K) => SettingValue<K>;
  /** Where the value of a setting comes from, lowest precedence first; the default alone when nobody set it. */
  readonly sources: (key: SettingName) => readonly SettingSource[];
  /** The files that were read, lowest precedence first. */
  readonly layers: readonly ConfigLayer[];
  readonly warnings: readonly ConfigWarning[];
}

/** All that settings are made of. */
export interface ConfigInput {
  readonly host: Host;
  /** Files, lowest precedence first. */
  readonly layers: readonly ConfigLayer[];
  readonly warnings: readonly ConfigWarning[];
  readonly flags: SettingFlags;
  readonly overrideChannels: boolean;
  /** Whether variables say nothing, but for where the root prefix is. */
  readonly ignoresVariables?: boolean;
  /** The base environment when no file names one. */
  readonly builtInRoot: string;
}

/** Settings out of what was read already. Touches no file but to see whether the base environment can be written to. */
export function createConfig(input: ConfigInput): Config {
  const known = new Map<SettingName, Merged>();
  const context: DefaultContext = {
    host: input.host,
    get builtInRoot() {
      return input.builtInRoot;
    },
    get rootPrefix() {
      return get('root_prefix');
    },
    get subdir() {
      return get('subdir');
    },
    get defaultThreads() {
      return get('default_threads');
    },
  };
  const read = (key: SettingName): Merged => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const merged = readSetting(key, input, context, get);
    known.set(key, merged);
    return merged;
  };
  function get<K extends SettingName>(key: K): SettingValue<K> {
    // The table gives each key the type that its values are merged by.
    return read(key).value as SettingValue<K>;
  }
  return { get, sources: (key) => read(key).sources, layers: input.layers, warnings: input.warnings };
}

function readSetting(
  key: SettingName,
  input: ConfigInput,
  context: DefaultContext,
  get: Config['get'],
): Merged {
  const setting: Setting = SETTINGS[key];
  const { host } = input;
  let matches = matchesOf(key, setting, input);
  if (key === 'channels' && input.overrideChannels) matches = flagsAlone(matches, get);
  if (setting.expands) {
    matches = matches.map((match) => ({
      ...match,
      raw: mapRawTexts(match.raw, (text) => expandVariables(text, host)),
    }));
  }
  const merged = mergeMatches(matches, setting.type);
  if (merged === undefined) {
    return { value: defaultOf(setting, context), sources: [{ kind: 'default' }], where: 'default' };
  }
  const value = setting.isPath ? toPaths(merged.value, host) : merged.value;
  const complaint = setting.check?.(value, context);
  if (complaint !== undefined) {
    throw new TcondaError('CONFIG_VALUE', `Invalid value of ${key} in ${merged.where}: ${complaint}`);
  }
  return { ...merged, value: setting.complete?.(value, context) ?? value };
}

function matchesOf(key: SettingName, setting: Setting, input: ConfigInput): readonly Match[] {
  const names = [key, ...setting.aliases];
  const matches: Match[] = [];
  for (const { source, values } of input.layers) {
    const given = names.filter((name) => values.has(name));
    if (given.length > 1) {
      throw new TcondaError(
        'CONFIG_DUPLICATE',
        `${formatSource(source)} sets ${key} more than once: ${given.map((name) => name + lineOf(values.get(name))).join(', ')}`,
      );
    }
    for (const name of given) {
      const raw = values.get(name);
      if (raw !== undefined) matches.push({ source, key: name, raw });
    }
  }
  if (input.ignoresVariables !== true || key === 'root_prefix') {
    matches.push(...matchesOfEnvironment(names, setting.type, input.host, { variables: setting.variables }));
  }
  const flag = input.flags[key];
  if (flag !== undefined) matches.push({ source: { kind: 'command-line' }, key, raw: rawValueOf(flag) });
  return matches;
}

function lineOf(raw: RawValue | undefined): string {
  return raw === undefined ? '' : formatLine(raw);
}

function flagsAlone(matches: readonly Match[], get: Config['get']): readonly Match[] {
  if (!get('override_channels_enabled')) {
    throw new TcondaError(
      'NOT_ALLOWED',
      'Overriding channels has been disabled by override_channels_enabled',
    );
  }
  const flags = matches.filter(({ source }) => source.kind === 'command-line');
  if (flags.length === 0)
    throw new TcondaError('USAGE', 'At least one -c / --channel is needed with --override-channels');
  return flags;
}

function defaultOf({ fallback }: Setting, context: DefaultContext): unknown {
  return 'value' in fallback ? fallback.value : fallback.of(context);
}

function toPaths(value: unknown, host: Host): unknown {
  if (typeof value === 'string') return value === '' ? value : expandPath(value, host);
  return Array.isArray(value) ? value.map((item) => toPaths(item, host)) : value;
}
