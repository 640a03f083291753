import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Host } from '../host/index.ts';
import type { ChannelSettings } from '../model/channel.ts';
import { pathToUrl } from '../model/file-url.ts';
import type { Config } from './config.ts';

/** What the settings say about the meaning of channel texts. */
export function channelSettings(
  config: Pick<Config, 'get'>,
  host: Pick<Host, 'cwd' | 'home'>,
): ChannelSettings {
  const multichannels = new Map<string, readonly string[]>(
    Object.entries(config.get('custom_multichannels')),
  );
  if (!multichannels.has('defaults')) multichannels.set('defaults', config.get('default_channels'));
  if (!multichannels.has('local')) multichannels.set('local', localChannels(config, host));
  return {
    channelAlias: config.get('channel_alias'),
    customChannels: new Map(Object.entries(config.get('custom_channels'))),
    customMultichannels: multichannels,
    migratedChannelAliases: config.get('migrated_channel_aliases'),
    migratedCustomChannels: new Map(Object.entries(config.get('migrated_custom_channels'))),
    extraSubdirs: [config.get('subdir'), ...config.get('subdirs')],
    cwd: host.cwd,
    home: host.home,
  };
}

/**
 * The channel texts that a command searches: the configured ones, those of the command line before them; when there are
 * none, the setting `fallback_channels`. With `use_local` the channel `local` comes before all.
 */
export function channelTexts(config: Pick<Config, 'get'>): readonly string[] {
  const configured = config.get('channels');
  const texts = configured.length === 0 ? config.get('fallback_channels') : configured;
  return config.get('use_local') ? ['local', ...texts.filter((text) => text !== 'local')] : texts;
}

/** Where packages are built on this machine, as far as it is there. */
function localChannels(config: Pick<Config, 'get'>, host: Pick<Host, 'cwd' | 'home'>): readonly string[] {
  const root = config.get('conda_build')['root-dir'];
  const candidates = [
    config.get('croot'),
    config.get('bld_path'),
    typeof root === 'string' ? root : '',
    path.join(config.get('root_prefix'), 'conda-bld'),
    path.join(host.home, 'conda-bld'),
  ];
  return [...new Set(candidates)]
    .filter((directory) => directory !== '' && existsSync(directory))
    .map((directory) => pathToUrl(directory, host));
}
