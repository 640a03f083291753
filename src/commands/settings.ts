import { existsSync } from 'node:fs';

import {
  type ConfigFlags,
  expandPath,
  type LoadedConfig,
  loadConfig,
  type SettingFlags,
  SETTINGS,
  type Target,
} from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import { nearNames } from '../report/near-names.ts';
import type { Context, OptionValues } from './command.ts';
import { isOff, isSet, readSeconds, readText, readTexts } from './option-values.ts';

/** What files that the command line names say of the settings, in place of its own options. */
export interface SettingsOfFiles {
  readonly channels: readonly string[];
  readonly overrideChannels: boolean;
  readonly target?: Target;
}

/**
 * The settings of this command: files, variables, and what its options say. Complaints about files go to stderr.
 * @throws {TcondaError} see `loadConfig`
 */
export async function loadSettings(
  options: OptionValues,
  context: Context,
  ofFiles?: SettingsOfFiles,
): Promise<LoadedConfig> {
  const config = await loadConfig(context.host, configFlags(options, context.host, ofFiles));
  adoptSettings(config, context);
  // With files it is the second time.
  if (ofFiles === undefined) warnOfFiles(config, context);
  return config;
}

function suggest(key: string | undefined): string {
  const near = key === undefined ? [] : nearNames(key, Object.keys(SETTINGS), 1);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

/** Makes what the settings say of printing hold from here on. */
export function adoptSettings(config: Pick<LoadedConfig, 'get'>, context: Context): void {
  context.adopt({
    json: config.get('json') || config.get('console') === 'json',
    quiet: config.get('quiet'),
    verbosity: Math.max(config.get('verbosity'), config.get('debug') ? 2 : 0, config.get('trace') ? 3 : 0),
  });
}

/**
 * What the options of a command say of the settings.
 * @throws {TcondaError} `FILE_UNREADABLE` when a file of `--rc-file` is not there
 */
export function configFlags(options: OptionValues, host: Host, ofFiles?: SettingsOfFiles): ConfigFlags {
  const files = readTexts(options, 'rcFile');
  const missing = files.find((file) => !existsSync(expandPath(file, host)));
  if (missing !== undefined) {
    throw new TcondaError('FILE_UNREADABLE', `There is no configuration file ${missing}`);
  }
  const values = settingsOf(options);
  const channels =
    ofFiles === undefined || ofFiles.channels.length === 0 ? values.channels : ofFiles.channels;
  return {
    values: { ...values, channels },
    overrideChannels: ofFiles?.overrideChannels ?? isSet(options, 'overrideChannels'),
    target: ofFiles?.target ?? { name: readText(options, 'name'), prefix: readText(options, 'prefix') },
    ignoresVariables: isOff(options, 'env'),
    ...(isOff(options, 'rc') ? { files: [] } : files.length > 0 ? { files } : {}),
  };
}

/** Complaints about files, each once. */
export function warnOfFiles({ warnings }: Pick<LoadedConfig, 'warnings'>, context: Context): void {
  if (context.global.quiet) return;
  for (const { message, key } of warnings) context.warn(`warning: ${message}${suggest(key)}`);
}

/** Options that are settings by another name. What was not given is absent. */
function settingsOf(options: OptionValues): SettingFlags {
  const channels = readTexts(options, 'channel');
  if (channels.includes('')) throw new TcondaError('INVALID_CHANNEL', 'The name of a channel is empty');
  const flag = (key: string): true | undefined => (isSet(options, key) ? true : undefined);
  const off = (key: string): false | undefined => (isOff(options, key) ? false : undefined);
  const onOff = (key: string): boolean | undefined => flag(key) ?? off(key);
  const pin = onOff('pin');
  return {
    channel_alias: readText(options, 'channelAlias'),
    local_repodata_ttl: readSeconds(options, 'repodataTtl'),
    allow_softlinks: flag('allowSoftlinks'),
    always_softlink: flag('alwaysSoftlink'),
    safety_checks: safetyChecks(options),
    extra_safety_checks: flag('extraSafetyChecks'),
    channels: channels.length > 0 ? channels : undefined,
    subdir: readText(options, 'subdir'),
    root_prefix: readText(options, 'rootPrefix'),
    channel_priority: channelPriority(options),
    use_local: flag('useLocal'),
    clobber: flag('clobber'),
    force_remove: flag('forceRemove'),
    always_yes: flag('yes'),
    always_copy: flag('copy'),
    link_scripts: linkScripts(options),
    compile_pyc: onOff('pyc'),
    shortcuts: onOff('shortcuts'),
    shortcuts_only:
      readTexts(options, 'shortcutsOnly').length > 0 ? readTexts(options, 'shortcutsOnly') : undefined,
    lock_timeout: readSeconds(options, 'lockTimeout'),
    dry_run: flag('dryRun'),
    download_only: flag('downloadOnly'),
    offline: flag('offline'),
    use_index_cache: flag('useIndexCache'),
    ssl_verify: sslVerify(options),
    show_channel_urls: onOff('showChannelUrls'),
    repodata_use_zst: off('repodataUseZst'),
    repodata_use_shards: off('repodataUseShards'),
    exclude_newer: readText(options, 'excludeNewer'),
    ignore_pinned: pin === undefined ? undefined : !pin,
    force_reinstall: flag('forceReinstall'),
    protect_frozen_envs: isSet(options, 'overrideFrozen') ? false : undefined,
    deps_modifier: isOff(options, 'deps') ? 'no_deps' : isSet(options, 'onlyDeps') ? 'only_deps' : undefined,
    update_modifier: updateModifier(options),
  };
}

function channelPriority(options: OptionValues): 'strict' | 'flexible' | 'disabled' | undefined {
  if (isSet(options, 'strictChannelPriority')) return 'strict';
  const mode = options['channelPriority'];
  if (mode === false) return 'disabled';
  return mode === 'strict' || mode === 'flexible' || mode === 'disabled' ? mode : undefined;
}

function sslVerify(options: OptionValues): string | boolean | undefined {
  if (isSet(options, 'insecure')) return false;
  const text = readText(options, 'cacertPath') ?? readText(options, 'sslVerify');
  if (text === '<false>' || text?.toLowerCase() === 'false') return false;
  return text === '<system>' || text?.toLowerCase() === 'true' ? true : text;
}

function safetyChecks(options: OptionValues): 'enabled' | 'warn' | 'disabled' | undefined {
  const mode = options['safetyChecks'];
  return mode === 'enabled' || mode === 'warn' || mode === 'disabled' ? mode : undefined;
}

function linkScripts(options: OptionValues): 'run' | 'skip' | 'ask' | undefined {
  if (isSet(options, 'runLinkScripts')) return 'run';
  if (isSet(options, 'skipRunLinkScripts')) return 'skip';
  const mode = options['linkScripts'];
  return mode === 'run' || mode === 'skip' || mode === 'ask' ? mode : undefined;
}

function updateModifier(
  options: OptionValues,
): 'freeze_installed' | 'update_deps' | 'specs_satisfied_skip_solve' | 'update_all' | undefined {
  if (isSet(options, 'freezeInstalled')) return 'freeze_installed';
  if (isSet(options, 'updateDeps')) return 'update_deps';
  if (isSet(options, 'satisfiedSkipSolve')) return 'specs_satisfied_skip_solve';
  return isSet(options, 'updateAll') ? 'update_all' : undefined;
}
