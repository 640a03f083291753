import type { OptionGroup } from './command.ts';

/** Taken by every command, before or after its name. */
export const globalOptions: OptionGroup = {
  heading: 'Output',
  options: [
    { flags: '--json', description: 'print one JSON value on stdout; =events: a line for all that happens' },
    { flags: '--json-events', isOwn: true, description: 'the same as --json=events', hidden: true },
    { flags: '-v, --verbose', description: 'say more; repeat for still more', repeat: true },
    { flags: '-q, --quiet', description: 'show no progress' },
    { flags: '--debug', description: 'the same as -vvv', aliases: ['--trace'], hidden: true },
    {
      flags: '--console <name>',
      description: 'kind of output: classic or json',
      hidden: true,
      choices: ['classic', 'json'],
    },
    { flags: '--no-plugins', description: 'load no plugins', hidden: true, noEffect: 'there are none' },
    {
      flags: '--root-prefix <path>',
      isOwn: true,
      description: 'folder that holds envs/ and pkgs/',
      aliases: ['--root'],
    },
    {
      flags: '--rc-file <file>',
      isOwn: true,
      description: 'read this configuration file and no other',
      repeat: true,
    },
    { flags: '--no-rc', isOwn: true, description: 'read no configuration file' },
    { flags: '--no-env', isOwn: true, description: 'read no settings from variables', hidden: true },
    {
      flags: '--print-config-only',
      isOwn: true,
      description: 'show the settings',
      aliases: ['--print-context-only'],
      hidden: true,
      refused: 'settings are shown by: tconda config --show',
    },
    {
      flags: '--log-level <level>',
      isOwn: true,
      description: 'how much to say, in micromamba’s words',
      hidden: true,
      choices: ['critical', 'error', 'warning', 'info', 'debug', 'trace', 'off'],
    },
  ],
};

export const targetOptions: OptionGroup = {
  heading: 'Environment',
  options: [
    { flags: '-n, --name <environment>', description: 'name of the environment', conflicts: ['prefix'] },
    { flags: '-p, --prefix <path>', description: 'folder of the environment' },
  ],
};

export const promptOptions: OptionGroup = {
  heading: 'Confirmation',
  options: [
    { flags: '-d, --dry-run', description: 'only say what would be done' },
    { flags: '-y, --yes', description: 'do not ask for confirmation' },
  ],
};

export const channelOptions: OptionGroup = {
  heading: 'Channels',
  options: [
    {
      flags: '-c, --channel <channel>',
      description: 'search this channel first; may be repeated',
      repeat: true,
    },
    { flags: '-O, --override-channels', description: 'search no channel but those of -c' },
    {
      flags: '--use-local',
      description: 'search the channel of this machine’s own builds first: that of conda-build',
    },
    {
      flags: '--repodata-fn <name>',
      description: 'name of the index file',
      repeat: true,
      hidden: true,
      noEffect: 'the smallest index that answers is read',
    },
    {
      flags: '--repodata-use-zst',
      description: 'read compressed indexes',
      hidden: true,
      noEffect: 'it is the default',
    },
    { flags: '--no-repodata-use-zst', description: 'read no compressed indexes', hidden: true },
    {
      flags: '--repodata-use-shards',
      description: 'read sharded indexes',
      hidden: true,
      noEffect: 'it is the default',
    },
    { flags: '--no-repodata-use-shards', description: 'read no sharded indexes', hidden: true },
    {
      flags: '--experimental <name>',
      description: 'nothing',
      hidden: true,
      repeat: true,
      noEffect: 'it has none in conda either',
    },
    { flags: '--no-lock', description: 'nothing', hidden: true, noEffect: 'caches are always safe to share' },
  ],
};

export const networkOptions: OptionGroup = {
  heading: 'Network',
  options: [
    { flags: '--offline', description: 'use what is cached; no network' },
    { flags: '-C, --use-index-cache', description: 'take cached indexes without asking the server' },
    { flags: '-k, --insecure', description: 'do not verify TLS certificates' },
  ],
};

export const linkOptions: OptionGroup = {
  heading: 'Linking',
  options: [
    {
      flags: '--copy',
      description: 'copy files from the cache instead of linking them',
      aliases: ['--always-copy'],
    },
    { flags: '--download-only', description: 'fill the package cache; change no environment' },
    {
      flags: '--clobber',
      description: 'let packages have the same paths, whatever path_conflict says, and say nothing of it',
      hidden: true,
    },
    {
      flags: '--link-scripts <mode>',
      isOwn: true,
      description: 'what to do with scripts of packages that come and go',
      choices: ['run', 'skip', 'ask'],
    },
    { flags: '--shortcuts', description: 'make menu entries, whatever shortcuts says', hidden: true },
    { flags: '--no-shortcuts', description: 'make no menu entries' },
    {
      flags: '--shortcuts-only <package>',
      description: 'make menu entries of this package alone, also if it is there without; may be repeated',
      repeat: true,
    },
    {
      flags: '--pyc',
      description: 'compile python code, whatever compile_pyc says',
      hidden: true,
      isOwn: true,
    },
    { flags: '--no-pyc', isOwn: true, description: 'compile no python code' },
    {
      flags: '--lock-timeout <seconds>',
      isOwn: true,
      description: 'give up when another process changes the environment for so long',
    },
    { flags: '--override-frozen', description: 'change an environment that is marked as frozen' },
  ],
};

export const displayOptions: OptionGroup = {
  heading: 'Display',
  options: [
    { flags: '--show-channel-urls', description: 'show where packages come from, always' },
    { flags: '--no-show-channel-urls', description: 'show no channels', hidden: true },
  ],
};

export const platformOptions: OptionGroup = {
  heading: 'Platform',
  options: [
    {
      flags: '--subdir <platform>',
      description: 'act for this platform, such as osx-arm64',
      aliases: ['--platform'],
    },
  ],
};

/** What `create` does where an environment stands already; without one of them it asks. */
export const whenThereOptions: OptionGroup = {
  heading: 'If the environment exists',
  options: [
    { flags: '--if-missing', isOwn: true, description: 'leave it as it is' },
    { flags: '--replace', isOwn: true, description: 'put the new one in its place, without a question' },
    { flags: '--update-existing', isOwn: true, description: 'install into it what is asked for' },
  ],
};

export const fileOptions: OptionGroup = {
  heading: 'Files',
  options: [
    {
      flags: '-f, --file <file>',
      description: 'read package specs from this file; may be repeated',
      repeat: true,
    },
    {
      flags: '--format <format>',
      description: 'of --file',
      hidden: true,
      aliases: ['--environment-specifier', '--env-spec'],
      noEffect: 'files are told apart by their content',
    },
  ],
};
