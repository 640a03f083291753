import { existsSync } from 'node:fs';

import { fails, isSeen, lacks, names, PLAN, type Scene, type SettingEffect, succeeds } from './effect.ts';

/** Settings about which channels are searched, and how their indexes are read. */
export function channelEffects(scene: Scene): readonly SettingEffect[] {
  const { url, whole, parent, base } = scene;
  const here = `file://${parent}`;
  /** Finds a package in one channel, without the network. */
  const find = (channel: string): readonly string[] => ['search', 'links', '-O', '-c', channel, '--offline'];
  const create = ['create', '-n', 'new', 'links', ...PLAN];
  return [
    { key: 'channels', rc: `channels: ['${whole}']`, args: create, shows: names(`file://${whole}`) },
    {
      key: 'fallback_channels',
      rc: `fallback_channels: ['${whole}']`,
      args: ['search', 'links', '--offline'],
      isAlone: true,
      shows: succeeds,
    },
    { key: 'channel_alias', rc: `channel_alias: ${here}`, args: find(base), shows: succeeds },
    {
      key: 'default_channels',
      rc: `default_channels: ['${whole}']`,
      args: find('defaults'),
      shows: succeeds,
    },
    {
      key: 'custom_channels',
      rc: `custom_channels: {${base}: '${here}'}`,
      args: find(base),
      shows: succeeds,
    },
    {
      key: 'custom_multichannels',
      rc: `custom_multichannels: {several: ['${whole}']}`,
      args: find('several'),
      shows: succeeds,
    },
    {
      key: 'migrated_channel_aliases',
      rc: `channel_alias: ${here}\nmigrated_channel_aliases: ['https://former.example']`,
      without: `channel_alias: ${here}`,
      args: find(`https://former.example/${base}`),
      shows: succeeds,
    },
    {
      key: 'migrated_custom_channels',
      rc: `custom_channels: {${base}: '${here}'}\nmigrated_custom_channels: {${base}: 'https://former.example/x'}`,
      without: `custom_channels: {${base}: '${here}'}`,
      args: find(`https://former.example/x/${base}`),
      shows: succeeds,
    },
    { key: 'allowlist_channels', rc: 'allowlist_channels: [other]', args: create, shows: fails },
    { key: 'denylist_channels', rc: `denylist_channels: ['${url}']`, args: create, shows: fails },
    {
      key: 'override_channels_enabled',
      rc: 'override_channels_enabled: false',
      args: find(whole),
      shows: fails,
    },
    {
      key: 'allow_non_channel_urls',
      rc: 'allow_non_channel_urls: true',
      args: ['search', 'links', '-c', `${url}/nothing`],
      shows: succeeds,
    },
    {
      key: 'channel_settings',
      rc: `channel_settings: [{channel: '${url}', exclude_newer: 2024-08-01}]`,
      args: ['create', '-n', 'new', 'python', ...PLAN],
      shows: names('python-3.12.4'),
    },
    {
      key: 'add_anaconda_token',
      rc: 'add_anaconda_token: false',
      args: create,
      env: { BINSTAR_CONFIG_DIR: scene.at('binstar') },
      isCold: true,
      shows: ({ asked }) => !asked.some((path) => path.startsWith('/t/')),
    },
    ...indexEffects(scene),
    {
      key: 'number_channel_notices',
      rc: 'number_channel_notices: 5',
      without: 'number_channel_notices: 0',
      args: ['create', '-y', '-n', 'made', 'links'],
      shows: names('read me'),
    },
    {
      key: 'use_local',
      rc: `use_local: true\ncroot: '${whole}'`,
      without: `croot: '${whole}'`,
      args: create,
      shows: names(`file://${whole}`),
    },
    { key: 'croot', rc: `croot: '${whole}'`, args: find('local'), shows: succeeds },
    { key: 'bld_path', rc: `bld_path: '${whole}'`, args: find('local'), shows: succeeds },
    { key: 'conda_build', rc: `conda_build: {root-dir: '${whole}'}`, args: find('local'), shows: succeeds },
    {
      key: 'mirrored_channels',
      rc: `mirrored_channels: {mine: ['${url}']}\nchannel_alias: 'http://127.0.0.1:1'\nremote_max_retries: 0`,
      without: `channel_alias: 'http://127.0.0.1:1'\nremote_max_retries: 0`,
      args: ['search', 'links', '-O', '-c', 'mine'],
      shows: succeeds,
    },
  ];
}

function indexEffects({ fail }: Scene): readonly SettingEffect[] {
  const search = ['search', 'zlib-like', '--json'];
  return [
    {
      key: 'repodata_use_shards',
      rc: 'repodata_use_shards: false',
      args: search,
      isCold: true,
      shows: ({ asked }) => !asked.some((path) => path.includes('shards')),
    },
    {
      key: 'repodata_use_zst',
      rc: 'repodata_use_shards: false\nrepodata_use_zst: false',
      without: 'repodata_use_shards: false',
      args: search,
      isCold: true,
      shows: ({ asked }) => !asked.some((path) => path.endsWith('.zst')),
    },
    {
      key: 'max_repodata_bytes',
      rc: 'repodata_use_shards: false\nmax_repodata_bytes: 100',
      without: 'repodata_use_shards: false',
      args: search,
      isCold: true,
      shows: fails,
    },
    { key: 'use_only_tar_bz2', rc: 'use_only_tar_bz2: true', args: search, shows: lacks('.conda"') },
    {
      key: 'local_repodata_ttl',
      rc: 'local_repodata_ttl: 3600',
      without: 'local_repodata_ttl: 0',
      args: search,
      shows: ({ asked }) => asked.length === 0,
    },
    {
      key: 'use_index_cache',
      rc: 'use_index_cache: true\nlocal_repodata_ttl: 0',
      without: 'local_repodata_ttl: 0',
      args: search,
      shows: ({ asked }) => asked.length === 0,
    },
    {
      key: 'offline',
      rc: 'offline: true',
      args: search,
      isCold: true,
      shows: ({ asked }) => asked.length === 0,
    },
    {
      key: 'repodata_threads',
      rc: 'repodata_threads: 1\nrepodata_use_shards: false',
      without: 'repodata_use_shards: false',
      args: search,
      isCold: true,
      before: () => {
        for (const subdir of ['noarch', 'linux-64']) {
          fail(`/${subdir}/repodata.json.zst`, { kind: 'delay', ms: 1500 });
        }
      },
      isTimed: true,
      shows: ({ milliseconds }) => milliseconds > 3000,
    },
  ];
}

/** Settings about where things are, and for which platform. */
export function directoryEffects({ at, whole }: Scene): readonly SettingEffect[] {
  const create = ['create', '-n', 'new', 'python', ...PLAN];
  return [
    {
      key: 'envs_dirs',
      rc: `envs_dirs: ['${at('elsewhere')}']`,
      args: create,
      shows: names('elsewhere/new"'),
    },
    {
      key: 'pkgs_dirs',
      rc: `pkgs_dirs: ['${at('fresh')}']`,
      args: ['create', '-y', '-n', 'made', 'links'],
      look: () => (existsSync(at('fresh')) ? 'yes' : 'no'),
      shows: isSeen,
    },
    {
      key: 'root_prefix',
      rc: `root_prefix: '${at('other-root')}'`,
      args: create,
      env: { TCONDA_ROOT_PREFIX: undefined },
      shows: names('other-root/envs/new"'),
    },
    { key: 'subdir', rc: 'subdir: linux-aarch64', args: create, shows: names('linux-aarch64') },
    {
      key: 'subdirs',
      rc: 'subdirs: [linux-aarch64, noarch]',
      args: ['search', 'python', '--json'],
      shows: names('linux-aarch64'),
    },
    {
      key: 'export_platforms',
      rc: 'export_platforms: [osx-arm64]',
      args: ['export', '-n', 'env', '--format', 'requirements', '-c', whole],
      shows: names('# platform: osx-arm64'),
    },
  ];
}
