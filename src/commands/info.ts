import { existsSync } from 'node:fs';
import path from 'node:path';

import { channelSettings, channelTexts, type LoadedConfig } from '../config/index.ts';
import { detectVirtualPackages, type Host } from '../host/index.ts';
import { maskSettings, maskUrls } from '../io/url-secrets.ts';
import { expandChannels } from '../model/channel-list.ts';
import { revealChannelUrl, subdirUrl } from '../model/channel.ts';
import type { VirtualPackage } from '../model/package-record.ts';
import { CONDA_VERSION, TOOL } from '../model/tool.ts';
import {
  type EnvironmentEntry,
  environmentsToJson,
  formatEnvironmentTable,
} from '../report/environment-table.ts';
import { formatInfoTable, type InfoRow } from '../report/info-table.ts';
import { shellLevel } from '../shell/index.ts';
import type { CommandResult, CommandSpec } from './command.ts';
import { withSizes } from './environment-sizes.ts';
import { environmentName, findEnvironments, isWritable } from './environments.ts';
import { isSet } from './option-values.ts';
import { loadSettings } from './settings.ts';

export const info: CommandSpec = {
  summary: 'Show what tconda knows of this machine and its configuration',
  options: [
    {
      heading: 'What to show',
      options: [
        { flags: '-a, --all', description: 'everything' },
        { flags: '--base', description: 'the base environment' },
        { flags: '-e, --envs', description: 'the environments' },
        { flags: '-s, --system', description: 'variables that matter' },
        { flags: '--unsafe-channels', description: 'the channels as configured' },
        { flags: '--offline', description: 'nothing', hidden: true, noEffect: 'the network is never asked' },
        { flags: '--size', description: 'with --envs: how much disk their packages take' },
      ],
    },
  ],
  examples: ['tconda info', 'tconda info --envs --json'],
  async run(_, options, context) {
    const config = await loadSettings(options, context);
    const { host } = context;
    if (isSet(options, 'base')) {
      const root = config.get('root_prefix');
      return { kind: 'output', json: { root_prefix: root }, lines: [root] };
    }
    if (isSet(options, 'unsafeChannels')) {
      const channels = channelTexts(config);
      return { kind: 'output', json: { channels }, lines: channels };
    }
    const facts = gatherFacts(config, host);
    const found = findEnvironments(config, host);
    const entries = isSet(options, 'size') ? await withSizes(found, config, context) : found;
    const isAll = isSet(options, 'all');
    const lines: string[] = [];
    const wantsEnvs = isAll || isSet(options, 'envs');
    const wantsSystem = isAll || isSet(options, 'system');
    if (isAll || !(wantsEnvs || wantsSystem))
      lines.push(...formatInfoTable(rowsOf(facts, config, host), context.style));
    if (wantsEnvs) lines.push(...formatEnvironmentTable(entries, context.style));
    if (wantsSystem) lines.push(...systemLines(facts.root, host));
    const isOfEnvs = wantsEnvs && !isAll && !wantsSystem;
    if (isOfEnvs) return output(lines, environmentsToJson(entries));
    return output(lines, jsonOf(facts, entries, config, host));
  },
};

interface Facts {
  readonly root: string;
  readonly active: string | undefined;
  readonly activeName: string | undefined;
  readonly channelUrls: readonly string[];
  readonly virtualPackages: readonly VirtualPackage[];
  readonly files: readonly string[];
  readonly userFile: string;
  readonly userAgent: string;
}

function gatherFacts(config: LoadedConfig, host: Host): Facts {
  const root = config.get('root_prefix');
  const active = host.env['CONDA_PREFIX'] === '' ? undefined : host.env['CONDA_PREFIX'];
  const channels = expandChannels(channelTexts(config), channelSettings(config, host));
  const subdirs = config.get('subdirs');
  return {
    root,
    active,
    activeName:
      active === undefined
        ? undefined
        : (host.env['CONDA_DEFAULT_ENV'] ?? environmentName(active, root, config.get('envs_dirs'))),
    // Whether a token goes along is seen, and not which.
    channelUrls: channels.flatMap((channel) =>
      subdirs.map((subdir) =>
        channel.credentials?.token === undefined
          ? subdirUrl(channel, subdir)
          : maskUrls(revealChannelUrl(channel, subdir)),
      ),
    ),
    virtualPackages: detectVirtualPackages(
      host,
      config.get('subdir'),
      new Map(Object.entries(config.get('override_virtual_packages'))),
    ).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    files: config.layers.flatMap(({ source }) => (source.kind === 'file' ? [source.path] : [])),
    userFile: host.env['CONDARC'] ?? path.join(host.home, '.condarc'),
    userAgent: `${TOOL.name}/${TOOL.version} ${host.platform}/${host.release}`,
  };
}

function rowsOf(facts: Facts, config: LoadedConfig, host: Host): readonly InfoRow[] {
  const active: readonly InfoRow[] = [
    ...(facts.active === undefined ? [] : [['active env location', facts.active] as const]),
    ...(host.env['CONDA_SHLVL'] === undefined
      ? []
      : [['shell level', String(shellLevel(host.env))] as const]),
  ];
  return [
    ['active environment', facts.activeName ?? 'None'],
    ...active,
    ['user config file', facts.userFile],
    ['populated config files', facts.files.length > 0 ? facts.files : ''],
    ['program', `${TOOL.name} ${TOOL.version}`],
    ['conda version', CONDA_VERSION],
    ['conda-build version', 'not installed'],
    ['solver', 'libsolv (default)'],
    [
      'virtual packages',
      facts.virtualPackages.map(({ name, version, build }) => `${name}=${version}=${build}`),
    ],
    ['base environment', `${facts.root}  (${rootState(facts.root)})`],
    ['conda av data dir', path.join(facts.root, 'etc', 'conda')],
    ['conda av metadata url', 'None'],
    ['channel URLs', facts.channelUrls],
    ['package cache', config.get('pkgs_dirs')],
    ['notices cache', noticesCache(host)],
    ['envs directories', config.get('envs_dirs')],
    ['temporary directory', host.tmpdir],
    ['platform', config.get('subdir')],
    ['user-agent', facts.userAgent],
    ...(host.uid === undefined ? [] : [['UID:GID', `${host.uid}:${host.gid ?? ''}`] as const]),
    ['netrc file', host.env['NETRC'] ?? 'None'],
    ['offline mode', config.get('offline') ? 'True' : 'False'],
  ];
}

function rootState(root: string): string {
  if (!existsSync(root)) return 'not made yet';
  return isWritable(root) ? 'writable' : 'read only';
}

function noticesCache({ env, home }: Host): string {
  return path.join(env['XDG_CACHE_HOME'] ?? path.join(home, '.cache'), 'conda', 'notices');
}

/** In the order of conda's keys. */
function jsonOf(
  facts: Facts,
  entries: readonly EnvironmentEntry[],
  config: LoadedConfig,
  host: Host,
): Record<string, unknown> {
  const { envs, envs_details } = environmentsToJson(entries);
  return {
    platform: config.get('subdir'),
    conda_version: CONDA_VERSION,
    conda_env_version: CONDA_VERSION,
    conda_build_version: 'not installed',
    tconda_version: TOOL.version,
    root_prefix: facts.root,
    conda_prefix: facts.root,
    av_data_dir: path.join(facts.root, 'etc', 'conda'),
    av_metadata_url_base: null,
    root_writable: isWritable(facts.root),
    pkgs_dirs: config.get('pkgs_dirs'),
    envs_dirs: config.get('envs_dirs'),
    default_prefix: facts.active ?? facts.root,
    active_prefix: facts.active ?? null,
    active_prefix_name: facts.activeName ?? null,
    conda_shlvl: host.env['CONDA_SHLVL'] === undefined ? -1 : shellLevel(host.env),
    channels: facts.channelUrls,
    user_rc_path: facts.userFile,
    rc_path: facts.userFile,
    sys_rc_path: path.join(facts.root, '.condarc'),
    offline: config.get('offline'),
    envs,
    python_version: null,
    requests_version: null,
    user_agent: facts.userAgent,
    conda_location: host.program ?? null,
    config_files: facts.files,
    netrc_file: host.env['NETRC'] ?? null,
    virtual_pkgs: facts.virtualPackages.map(({ name, version, build }) => [name, version, build]),
    solver: { name: 'libsolv', user_agent: `solver/libsolv ${TOOL.name}/${TOOL.version}`, default: true },
    tmp_dir: host.tmpdir,
    notices_cache_dir: noticesCache(host),
    UID: host.uid ?? null,
    GID: host.gid ?? null,
    'sys.version': null,
    'sys.prefix': facts.root,
    'sys.executable': host.program ?? null,
    site_dirs: [],
    env_vars: Object.fromEntries(systemVariables(facts.root, host)),
    envs_details,
  };
}

const SYSTEM_VARIABLES = [
  'CIO_TEST',
  'CONDA_ROOT',
  'CURL_CA_BUNDLE',
  'LD_PRELOAD',
  'PATH',
  'REQUESTS_CA_BUNDLE',
  'SSL_CERT_FILE',
];

/** conda sets `CONDA_ROOT` for itself, and so shows it. */
function systemVariables(root: string, host: Host): readonly (readonly [string, string])[] {
  const env: Host['env'] = { CONDA_ROOT: root, ...host.env };
  const names = new Set([
    ...SYSTEM_VARIABLES,
    ...Object.keys(env).filter((name) => /^T?CONDA_/.test(name) && !/TOKEN|PASSWORD|SECRET/.test(name)),
  ]);
  return [...names].toSorted().map((name) => [name, maskSettings(env[name] ?? '<not set>')]);
}

function systemLines(root: string, host: Host): readonly string[] {
  return [
    ['sys.prefix', root],
    ['sys.executable', host.program ?? ''],
    ['conda location', host.program ?? ''],
    ['conda-build', '(missing)'],
    ['user site dirs', ''],
    [],
    ...systemVariables(root, host),
  ].map((row) => row.join(': ').trimEnd());
}

function output(lines: readonly string[], json: unknown): CommandResult {
  return { kind: 'output', json, lines };
}
