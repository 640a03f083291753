import type { OptionGroup, OptionSpec } from './command.ts';

const hidden = (option: Omit<OptionSpec, 'hidden'>): OptionSpec => ({
  ...option,
  hidden: true,
  isOwn: true,
});

/** What micromamba takes besides conda's options, of every command that asks channels. */
export const micromambaChannelOptions: OptionGroup = {
  heading: 'Channels, as micromamba spells them',
  options: [
    hidden({ flags: '--channel-alias <url>', description: 'where channels without a URL are' }),
    hidden({ flags: '--ssl-verify <value>', description: 'true, false, or a file of certificates' }),
    hidden({ flags: '--cacert-path <file>', description: 'certificates to trust' }),
    hidden({
      flags: '--repodata-ttl <seconds>',
      description: 'how long a cached index need not be asked for',
    }),
    hidden({
      flags: '--ssl-no-revoke',
      description: 'nothing',
      noEffect: 'lists of revoked certificates are not asked for',
    }),
    hidden({
      flags: '--retry-clean-cache',
      description: 'nothing',
      noEffect: 'what is broken in a cache is always fetched again',
    }),
    hidden({
      flags: '--mamba-repodata-parsing',
      description: 'nothing',
      aliases: ['--no-mamba-repodata-parsing'],
      noEffect: 'there is one parser',
    }),
  ],
};

/** The same of every command that installs. */
export const micromambaLinkOptions: OptionGroup = {
  heading: 'Linking, as micromamba spells it',
  options: [
    hidden({ flags: '--run-link-scripts', description: 'the same as --link-scripts run' }),
    hidden({
      flags: '--skip-run-link-scripts',
      description: 'the same as --link-scripts skip',
      conflicts: ['runLinkScripts'],
    }),
    hidden({ flags: '--allow-softlinks', description: 'link symbolically where hard links cannot be' }),
    hidden({ flags: '--always-softlink', description: 'link symbolically, always' }),
    hidden({
      flags: '--safety-checks <mode>',
      description: 'what to do with packages that are not what they say',
      choices: ['enabled', 'warn', 'disabled'],
    }),
    hidden({ flags: '--extra-safety-checks', description: 'compare the digests of all files too' }),
    hidden({
      flags: '--py-pin',
      description: 'nothing',
      aliases: ['--no-py-pin'],
      noEffect: 'the minor version of python changes only where python is asked for',
    }),
    hidden({
      flags: '--allow-uninstall',
      description: 'nothing',
      aliases: ['--no-allow-uninstall'],
      noEffect: 'the plan shows what goes before anything is done',
    }),
    hidden({
      flags: '--allow-downgrade',
      description: 'nothing',
      aliases: ['--no-allow-downgrade'],
      noEffect: 'the plan shows what gets older before anything is done',
    }),
    hidden({ flags: '--use-uv', description: 'nothing', noEffect: 'pip installs what pip is for' }),
    hidden({
      flags: '--verify-artifacts',
      description: 'check signatures',
      refused: 'signatures are not checked',
    }),
    hidden({
      flags: '--trusted-channels <channel>',
      description: 'channels whose signatures count',
      repeat: true,
      refused: 'signatures are not checked',
    }),
    hidden({
      flags: '--relocate-prefix <path>',
      description: 'write files for another place',
      refused: 'files are written for the place where they stand',
    }),
  ],
};
