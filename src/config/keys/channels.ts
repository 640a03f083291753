import { osOfSubdir } from '../../model/subdir.ts';
import { ANY, BOOL, BOOL_OR_INT, BOOL_OR_NULL, INT, LIST, MAP, STR } from '../setting-type.ts';
import { define, notNegative, type Setting } from '../setting.ts';

const GROUP = 'channels';
const CONDA_SITE = 'https://conda.anaconda.org';
const DEFAULTS_SITE = 'https://repo.anaconda.com/pkgs';

/** Settings about which channels are searched, and how their indexes are read. */
export const channelKeys = {
  channels: define(GROUP, LIST, [], 'Channels to search, the most preferred first', {
    aliases: ['channel'],
    expands: true,
  }),
  fallback_channels: define(
    GROUP,
    LIST,
    ['conda-forge'],
    'Channels to search when `channels` is empty. Of tconda alone; conda refuses to solve then',
  ),
  channel_alias: define(GROUP, STR, CONDA_SITE, 'Where channels are that are given by name alone', {
    expands: true,
    check: (value) =>
      /^[a-z][a-z0-9]*:\/\//i.test(value) ? undefined : 'it must begin with a scheme such as https://',
  }),
  default_channels: define(
    GROUP,
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
    GROUP,
    MAP,
    { 'pkgs/pro': 'https://repo.anaconda.com' },
    'Names of channels, each with the URL it is found below',
    { expands: true },
  ),
  custom_multichannels: define(
    GROUP,
    { kind: 'map', of: LIST },
    {},
    'Names that stand for several channels',
    {
      expands: true,
    },
  ),
  migrated_channel_aliases: define(
    GROUP,
    LIST,
    [],
    'Former values of channel_alias, read as the present one',
  ),
  migrated_custom_channels: define(GROUP, MAP, {}, 'Former places of custom channels', {
    expands: true,
  }),
  allowlist_channels: define(GROUP, LIST, [], 'When not empty, no other channel may be used', {
    aliases: ['whitelist_channels'],
    expands: true,
  }),
  denylist_channels: define(GROUP, LIST, [], 'Channels that may not be used', { expands: true }),
  override_channels_enabled: define(GROUP, BOOL, true, 'Whether --override-channels is allowed'),
  allow_non_channel_urls: define(GROUP, BOOL, false, 'Only warn when a channel has no index'),
  channel_settings: define(
    GROUP,
    { kind: 'list', of: { kind: 'map', of: ANY } },
    [],
    'Settings of single channels',
  ),
  add_anaconda_token: define(GROUP, BOOL, true, 'Whether tokens stored by other tools are used', {
    aliases: ['add_binstar_token'],
  }),
  show_channel_urls: define(
    GROUP,
    BOOL_OR_NULL,
    null,
    'Whether channels are shown in lists; null shows all but those of `defaults`',
  ),
  repodata_fns: define(
    GROUP,
    LIST,
    ['current_repodata.json', 'repodata.json'],
    'Names of index files, in the order they are tried',
    { noEffect: 'the smallest index that answers is read' },
  ),
  repodata_use_zst: define(GROUP, BOOL, true, 'Whether compressed indexes are asked for'),
  repodata_use_shards: define(GROUP, BOOL, true, 'Whether sharded indexes are asked for'),
  max_repodata_bytes: define(
    GROUP,
    INT,
    4 * 1024 ** 3,
    'Bytes that the index of one platform may have once it is unpacked. Of tconda alone',
    { check: (value) => (value > 0 ? undefined : 'it must be more than 0') },
  ),
  use_only_tar_bz2: define(GROUP, BOOL_OR_NULL, null, 'Leave out packages in the newer format'),
  local_repodata_ttl: define(
    GROUP,
    BOOL_OR_INT,
    1,
    'Seconds that a cached index is fresh; 1 or true does what the server says, 0 or false asks it each time',
  ),
  no_lock: define(GROUP, BOOL, false, 'Leave caches unlocked', {
    noEffect: 'caches are always safe to share',
  }),
  number_channel_notices: define(GROUP, INT, 5, 'How many notices of channels are shown; 0 for none', {
    check: notNegative,
  }),
  use_local: define(
    GROUP,
    BOOL,
    false,
    'Search the channel of this machine’s own builds, `local`, before all others',
  ),
} as const satisfies Record<string, Setting>;
