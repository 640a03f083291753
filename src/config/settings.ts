import { nativeSubdir } from '../host/index.ts';
import { osOfSubdir } from '../model/subdir.ts';
import { defaultEnvsDirs, defaultPkgsDirs } from './directories.ts';
import {
  ANY,
  BOOL,
  BOOL_OR_INT,
  BOOL_OR_NULL,
  BOOL_OR_STR,
  FLOAT,
  INT,
  LIST,
  MAP,
  STR,
  STR_OR_NULL,
  type ValueOf,
} from './setting-type.ts';
import { define, type Setting } from './setting.ts';

const NO_EFFECT = { effect: 'none' } as const;
const CONDA_SITE = 'https://conda.anaconda.org';
const DEFAULTS_SITE = 'https://repo.anaconda.com/pkgs';

/** Every key that conda 26 reads, ours beside them, with what it means here. No default stands outside this table. */
export const SETTINGS = {
  channels: define('channels', LIST, [], 'Channels to search, the most preferred first', {
    aliases: ['channel'],
    expands: true,
  }),
  fallback_channels: define(
    'channels',
    LIST,
    ['conda-forge'],
    'Channels to search when `channels` is empty. Of tconda alone; conda refuses to solve then',
  ),
  channel_alias: define('channels', STR, CONDA_SITE, 'Where channels are that are given by name alone', {
    expands: true,
    check: (value) =>
      /^[a-z][a-z0-9]*:\/\//i.test(value) ? undefined : 'it must begin with a scheme such as https://',
  }),
  default_channels: define(
    'channels',
    LIST,
    ({ subdir }) => [
      `${DEFAULTS_SITE}/main`,
      `${DEFAULTS_SITE}/r`,
      ...(osOfSubdir(subdir) === 'win' ? [`${DEFAULTS_SITE}/msys2`] : []),
    ],
    'What the channel name `defaults` stands for',
    { expands: true },
  ),
  custom_channels: define(
    'channels',
    MAP,
    { 'pkgs/pro': 'https://repo.anaconda.com' },
    'Names of channels, each with the URL it is found below',
    { expands: true },
  ),
  custom_multichannels: define(
    'channels',
    { kind: 'map', of: LIST },
    {},
    'Names that stand for several channels',
    {
      expands: true,
    },
  ),
  migrated_channel_aliases: define(
    'channels',
    LIST,
    [],
    'Former values of channel_alias, read as the present one',
  ),
  migrated_custom_channels: define('channels', MAP, {}, 'Former places of custom channels', {
    expands: true,
  }),
  allowlist_channels: define('channels', LIST, [], 'When not empty, no other channel may be used', {
    aliases: ['whitelist_channels'],
    expands: true,
  }),
  denylist_channels: define('channels', LIST, [], 'Channels that may not be used', { expands: true }),
  override_channels_enabled: define('channels', BOOL, true, 'Whether --override-channels is allowed'),
  allow_non_channel_urls: define('channels', BOOL, false, 'Only warn when a channel has no index'),
  channel_settings: define(
    'channels',
    { kind: 'list', of: { kind: 'map', of: ANY } },
    [],
    'Settings of single channels',
  ),
  add_anaconda_token: define('channels', BOOL, true, 'Whether tokens stored by other tools are used', {
    aliases: ['add_binstar_token'],
  }),
  show_channel_urls: define(
    'channels',
    BOOL_OR_NULL,
    null,
    'Whether channels are shown in lists; null shows all but those of `defaults`',
  ),
  repodata_fns: define(
    'channels',
    LIST,
    ['current_repodata.json', 'repodata.json'],
    'Names of index files, in the order they are tried',
  ),
  repodata_use_zst: define('channels', BOOL, true, 'Whether compressed indexes are asked for'),
  repodata_use_shards: define('channels', BOOL, true, 'Whether sharded indexes are asked for'),
  use_only_tar_bz2: define('channels', BOOL_OR_NULL, null, 'Leave out packages in the newer format'),
  local_repodata_ttl: define(
    'channels',
    BOOL_OR_INT,
    1,
    'Seconds that a cached index is fresh; 1 or true does what the server says, 0 or false asks it each time',
  ),
  no_lock: define('channels', BOOL, false, 'Leave caches unlocked', NO_EFFECT),
  number_channel_notices: define('channels', INT, 5, 'How many notices of channels are shown; 0 for none'),

  solver: define(
    'solver',
    { kind: 'enum', values: ['libmamba', 'classic', 'rattler'] },
    'libmamba',
    'Which solver; all names mean the one there is',
    { aliases: ['experimental_solver'], effect: 'none' },
  ),
  channel_priority: define(
    'solver',
    { kind: 'enum', values: ['strict', 'flexible', 'disabled'], booleans: ['flexible', 'disabled'] },
    'flexible',
    'How much the order of channels counts against versions',
  ),
  add_pip_as_python_dependency: define('solver', BOOL, true, 'Whether python brings pip along'),
  aggressive_update_packages: define(
    'solver',
    LIST,
    ['ca-certificates', 'certifi', 'openssl'],
    'Packages that are brought up to date by every change',
  ),
  auto_update_conda: define(
    'solver',
    BOOL,
    true,
    'Whether conda is kept up to date in the base environment',
    {
      aliases: ['self_update'],
      effect: 'none',
    },
  ),
  create_default_packages: define('solver', LIST, [], 'Packages that every new environment gets'),
  pinned_packages: define(
    'solver',
    { ...LIST, separator: '&' },
    [],
    'What packages must match in every environment, if they are there',
  ),
  disallowed_packages: define(
    'solver',
    { ...LIST, separator: '&' },
    [],
    'Packages that may not be installed',
    {
      aliases: ['disallow'],
    },
  ),
  track_features: define('solver', LIST, [], 'Features to enable', NO_EFFECT),
  force_reinstall: define('solver', BOOL, false, 'Link requested packages again even if nothing changes'),
  ignore_pinned: define('solver', BOOL, false, 'Whether pins are left out of account'),
  force_remove: define('solver', BOOL, false, 'Remove what is named and nothing else'),
  exclude_newer: define(
    'solver',
    STR,
    '',
    'Leave out packages that are newer than this date or younger than this time',
    {
      aliases: ['cooldown'],
    },
  ),
  exclude_newer_package: define(
    'solver',
    { kind: 'map', of: BOOL_OR_STR },
    {},
    'exclude_newer for single packages',
    {
      aliases: ['cooldown_exclude'],
    },
  ),
  override_virtual_packages: define(
    'solver',
    { kind: 'map', of: STR_OR_NULL },
    {},
    'Values of virtual packages in place of the measured ones',
    { aliases: ['virtual_packages'] },
  ),
  deps_modifier: define(
    'solver',
    { kind: 'enum', values: ['not_set', 'no_deps', 'only_deps'] },
    'not_set',
    'Whether dependencies are left out, or taken alone',
  ),
  update_modifier: define(
    'solver',
    {
      kind: 'enum',
      values: ['specs_satisfied_skip_solve', 'freeze_installed', 'update_deps', 'update_specs', 'update_all'],
    },
    'update_specs',
    'How far a change reaches into what is installed',
  ),
  sat_solver: define('solver', STR, 'pycosat', 'Engine of the classic solver', NO_EFFECT),
  solver_ignore_timestamps: define(
    'solver',
    BOOL,
    false,
    'Whether age never decides between builds',
    NO_EFFECT,
  ),
  unsatisfiable_hints: define('solver', BOOL, true, 'Whether the classic solver explains', NO_EFFECT),
  unsatisfiable_hints_check_depth: define(
    'solver',
    INT,
    2,
    'How deep the classic solver explains',
    NO_EFFECT,
  ),
  prefix_data_interoperability: define('solver', BOOL, false, 'Whether packages installed by pip are seen', {
    aliases: ['pip_interop_enabled'],
  }),
  allow_cycles: define(
    'solver',
    BOOL,
    true,
    'Whether packages may depend on each other in a circle',
    NO_EFFECT,
  ),
  allow_conda_downgrades: define('solver', BOOL, false, 'Whether conda may become older', NO_EFFECT),
  default_python: define('solver', STR_OR_NULL, '3.11', 'The python of new environments of old condas', {
    effect: 'none',
    check: (value) =>
      value === null || value === '' || /^\d\.\d{1,2}$/.test(value) ? undefined : 'it must be like 3.12',
  }),

  envs_dirs: define(
    'directories',
    { ...LIST, separator: 'path' },
    defaultEnvsDirs,
    'Where named environments are',
    {
      aliases: ['envs_path'],
      expands: true,
      isPath: true,
      complete: (value, context) => [...new Set([...value, ...defaultEnvsDirs(context)])],
    },
  ),
  pkgs_dirs: define('directories', LIST, defaultPkgsDirs, 'Where downloaded packages are kept', {
    expands: true,
    isPath: true,
  }),
  root_prefix: define('directories', STR, ({ builtInRoot }) => builtInRoot, 'The base environment', {
    aliases: ['root_dir'],
    variables: ['MAMBA_ROOT_PREFIX', 'CONDA_ROOT'],
    expands: true,
    isPath: true,
  }),
  subdir: define('directories', STR, ({ host }) => nativeSubdir(host), 'The platform to install for'),
  subdirs: define('directories', LIST, ({ subdir }) => [subdir, 'noarch'], 'The platform folders to search'),
  export_platforms: define('directories', LIST, [], 'Platforms that an export is made for', {
    aliases: ['extra_platforms'],
  }),
  force_32bit: define('directories', BOOL, false, 'Take this machine for one of 32 bits', NO_EFFECT),

  allow_softlinks: define('linking', BOOL, false, 'Whether files may be linked softly where hard links fail'),
  always_copy: define('linking', BOOL, false, 'Whether files are copied, never linked', {
    aliases: ['copy'],
  }),
  always_softlink: define('linking', BOOL, false, 'Whether all files are linked softly', {
    aliases: ['softlink'],
  }),
  path_conflict: define(
    'linking',
    { kind: 'enum', values: ['clobber', 'warn', 'prevent'] },
    'clobber',
    'What happens when two packages bring the same file',
  ),
  safety_checks: define(
    'linking',
    { kind: 'enum', values: ['warn', 'enabled', 'disabled'] },
    'warn',
    'What happens when a file of a package has not the size it should have',
  ),
  extra_safety_checks: define('linking', BOOL, false, 'Whether digests of files are compared too'),
  max_package_bytes: define(
    'linking',
    INT,
    64 * 1024 ** 3,
    'Bytes that the files of one package may have together once it is open. Of tconda alone',
    { check: (value) => (value > 0 ? undefined : 'it must be more than 0') },
  ),
  max_package_files: define(
    'linking',
    INT,
    5_000_000,
    'Files, links and directories that one package may hold. Of tconda alone',
    { check: (value) => (value > 0 ? undefined : 'it must be more than 0') },
  ),
  rollback_enabled: define('linking', BOOL, true, 'Whether a failed change is undone', NO_EFFECT),
  compile_pyc: define('linking', BOOL, true, 'Whether python code is compiled when it is linked'),
  lock_timeout: define(
    'linking',
    FLOAT,
    0,
    'Seconds to wait for another process that changes the environment; 0 for as long as it takes',
  ),
  shortcuts: define('linking', BOOL, true, 'Whether menu entries are made'),
  shortcuts_only: define('linking', LIST, [], 'The only packages whose menu entries are made', {
    expands: true,
  }),
  separate_format_cache: define('linking', BOOL, false, 'Keep packages of both formats apart', NO_EFFECT),
  non_admin_enabled: define(
    'linking',
    BOOL,
    true,
    'Whether users without privileges may change environments',
  ),
  register_envs: define(
    'linking',
    BOOL,
    true,
    'Whether environments are written into the list of environments',
  ),
  protect_frozen_envs: define('linking', BOOL, true, 'Whether frozen environments are left alone'),
  signing_metadata_url_base: define('linking', STR_OR_NULL, null, 'Where signatures are', NO_EFFECT),
  target_prefix_override: define('linking', STR, '', 'The path that files are written for, if it is another'),

  ssl_verify: define(
    'network',
    BOOL_OR_STR,
    true,
    'Whether certificates are checked; or a file of certificates; or `truststore`',
    {
      aliases: ['verify_ssl'],
      expands: true,
      check: (value) =>
        typeof value === 'string' && /^<.*>$/.test(value)
          ? 'it must be true, false, a path or truststore'
          : undefined,
    },
  ),
  client_ssl_cert: define('network', STR_OR_NULL, null, 'A certificate to show to servers', {
    aliases: ['client_cert'],
    expands: true,
  }),
  client_ssl_cert_key: define('network', STR_OR_NULL, null, 'The key of client_ssl_cert', {
    aliases: ['client_cert_key'],
    expands: true,
  }),
  proxy_servers: define('network', { kind: 'map', of: STR_OR_NULL }, {}, 'Proxies by scheme', {
    expands: true,
  }),
  remote_connect_timeout_secs: define('network', FLOAT, 9.15, 'Seconds to wait for a connection'),
  remote_read_timeout_secs: define('network', FLOAT, 60, 'Seconds to wait for the next bytes'),
  remote_max_retries: define('network', INT, 3, 'How often a failed request is repeated'),
  remote_backoff_factor: define('network', INT, 1, 'Seconds before the first repetition; doubled each time'),
  offline: define('network', BOOL, false, 'Whether the network is left alone'),
  mirrored_channels: define(
    'network',
    { kind: 'map', of: LIST },
    {},
    "Names of channels, each with the URLs that have it, tried in order; mamba's",
    { expands: true },
  ),

  always_yes: define('output', BOOL_OR_NULL, null, 'Whether questions are taken as answered with yes', {
    aliases: ['yes'],
  }),
  json: define('output', BOOL, false, 'Whether results are printed as JSON'),
  quiet: define('output', BOOL, false, 'Whether progress is not shown'),
  verbosity: define('output', INT, 0, 'How much is told', { aliases: ['verbose'] }),
  debug: define('output', BOOL, false, 'verbosity 2 and more', NO_EFFECT),
  trace: define('output', BOOL, false, 'verbosity 3 and more', NO_EFFECT),
  dry_run: define('output', BOOL, false, 'Only show what would be done'),
  download_only: define('output', BOOL, false, 'Only fill the package cache'),
  use_index_cache: define('output', BOOL, false, 'Take cached indexes whatever their age'),
  console: define('output', STR, 'classic', 'How results are shown', NO_EFFECT),
  list_fields: define('output', LIST, ['name', 'version', 'build', 'channel_name'], 'Columns of `list`'),
  notify_outdated_conda: define('output', BOOL, true, 'Whether a newer conda is announced', NO_EFFECT),
  report_errors: define(
    'output',
    BOOL_OR_NULL,
    null,
    'Whether errors are sent away; they never are',
    NO_EFFECT,
  ),
  auto_activate: define('output', BOOL, true, 'Whether a new shell starts with an environment', {
    aliases: ['auto_activate_base'],
  }),
  default_activation_env: define('output', STR, 'base', 'The environment that a new shell starts with'),
  auto_stack: define('output', INT, 0, 'Down to which level activation stacks by itself'),
  changeps1: define('output', BOOL, true, 'Whether activation changes the prompt'),
  env_prompt: define('output', STR, '({default_env}) ', 'What activation puts before the prompt'),
  envvars_force_uppercase: define(
    'output',
    BOOL,
    true,
    'Whether variables of environments get upper-case names',
  ),
  environment_specifier: define('output', STR_OR_NULL, null, 'The format of environment files', {
    aliases: ['env_spec'],
  }),

  default_threads: define('threads', INT, 0, 'Threads for everything; 0 for as many as there are processors'),
  fetch_threads: define('threads', INT, ({ defaultThreads }) => defaultThreads || 5, 'Downloads at a time'),
  repodata_threads: define(
    'threads',
    INT,
    ({ defaultThreads }) => defaultThreads,
    'Indexes at a time; 0 for all',
  ),
  verify_threads: define(
    'threads',
    INT,
    ({ defaultThreads }) => defaultThreads || 1,
    'Checks at a time',
    NO_EFFECT,
  ),
  execute_threads: define(
    'threads',
    INT,
    ({ defaultThreads }) => defaultThreads || 1,
    'Links at a time',
    NO_EFFECT,
  ),

  croot: define('others', STR, '', 'Where packages are built, for the channel `local`', {
    expands: true,
    isPath: true,
  }),
  bld_path: define('others', STR, '', 'Where packages are built, for the channel `local`', {
    expands: true,
    isPath: true,
  }),
  conda_build: define(
    'others',
    { kind: 'map', of: ANY },
    {},
    'Settings of conda-build; its root-dir counts',
    {
      aliases: ['conda-build'],
    },
  ),
  plugins: define('others', { kind: 'map', of: ANY }, {}, "Settings of conda's plugins", NO_EFFECT),
  no_plugins: define('others', BOOL, false, "Whether conda's plugins stay out", NO_EFFECT),
  experimental: define('others', { kind: 'list', of: ANY }, [], 'Experiments of conda', NO_EFFECT),
  preview: define('others', { kind: 'list', of: ANY }, [], 'Previews of conda', NO_EFFECT),
  anaconda_upload: define('others', BOOL_OR_NULL, null, 'Whether conda-build uploads', {
    aliases: ['binstar_upload'],
    effect: 'none',
  }),
  error_upload_url: define(
    'others',
    STR,
    'https://conda.io/conda-post/unexpected-error',
    'Nothing is sent',
    NO_EFFECT,
  ),
  enable_private_envs: define('others', BOOL, false, 'Of old condas', NO_EFFECT),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The type of a setting's value. */
export type SettingValue<K extends SettingName> = ValueOf<(typeof SETTINGS)[K]['type']>;

/** Keys of mamba and of older condas, taken without a word. */
export const TOLERATED_KEYS: ReadonlySet<string> = new Set([
  'allow_downgrade',
  'allow_other_channels',
  'allow_uninstall',
  'auto_activate_env',
  'cacert_path',
  'envs_path',
  'extract_sparse',
  'no_pin',
  'no_py_pin',
  'restore_free_channel',
  'show_banner',
  'skip_run_link_scripts',
  'ssl_no_revoke',
  'trusted_channels',
  'use_lockfiles',
  'use_uv',
  'validate_configuration',
  'verify_artifacts',
  'whitelist_channels',
]);

export function isSettingName(key: string): key is SettingName {
  return Object.hasOwn(SETTINGS, key);
}
