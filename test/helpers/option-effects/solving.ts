import { each, type Effect, lacks, names, type Scene, succeeds } from './effect.ts';

const PLANS = ['--dry-run', '--json'] as const;

/** `create`, `install` and `update`, each about the specs, with a plan as the answer. */
function plans(create: string, install = create, update = install): Effect['commands'] {
  return {
    create: ['-n', 'new', create, ...PLANS],
    install: ['-n', 'dated', install, ...PLANS],
    update: ['-n', 'dated', update, ...PLANS],
  };
}

/** Options about what is chosen, and from where. */
export function solvingEffects({ url, whole, old, empty }: Scene): readonly Effect[] {
  const bare = plans('ladder', 'ladder>=1.9', 'meta');
  return [
    {
      option: '--channel',
      commands: plans('links', 'deep', 'python'),
      given: ['-c', whole],
      shows: names(`file://${whole}`),
    },
    {
      option: '--override-channels',
      commands: plans('links', 'deep', 'python'),
      given: ['-O', '-c', empty],
      shows: lacks('"LINK"'),
    },
    {
      option: '--strict-channel-priority',
      commands: plans('ladder', 'ladder', 'python'),
      given: ['-c', old, '--strict-channel-priority'],
      without: ['-c', old],
      env: { CONDA_CHANNEL_PRIORITY: 'disabled' },
      shows: (seen) => lacks('ladder-2.0-0')(seen) && lacks('python-3.12.7')(seen),
    },
    {
      option: '--channel-priority',
      commands: plans('ladder', 'ladder', 'python'),
      given: ['-c', old, '--channel-priority', 'strict'],
      without: ['-c', old],
      env: { CONDA_CHANNEL_PRIORITY: 'disabled' },
      shows: (seen) => lacks('ladder-2.0-0')(seen) && lacks('python-3.12.7')(seen),
    },
    {
      option: '--no-channel-priority',
      commands: plans('ladder', 'ladder', 'python'),
      given: ['-c', old, '--no-channel-priority'],
      without: ['-c', old, '--strict-channel-priority'],
      shows: (seen) => names('ladder-2.0-0')(seen) || names('python-3.12.7')(seen),
    },
    {
      option: '--exclude-newer',
      commands: plans('python', 'python>=3.12', 'python'),
      given: ['--exclude-newer', '2024-08-01'],
      shows: names('python-3.12.4'),
    },
    {
      option: '--no-deps',
      commands: { ...plans('meta', 'meta', 'python'), install: ['-n', 'env', 'meta', ...PLANS] },
      shows: (seen) => names('"LINK"')(seen) && lacks('"links-1.0')(seen) && lacks('"zlib-like-1.3')(seen),
    },
    {
      option: '--only-deps',
      commands: plans('meta', 'greet=1.1', 'python'),
      shows: (seen) =>
        lacks('"meta-1.0-0"')(seen) && lacks('greet-1.1')(seen) && lacks('python-3.12.7')(seen),
    },
    {
      option: '--no-pin',
      commands: plans('ladder', 'ladder', 'python'),
      env: { CONDA_PINNED_PACKAGES: 'ladder=1.9&python=3.11' },
      shows: (seen) => names('ladder-2.0-0')(seen) || names('python-3.12')(seen),
    },
    {
      option: '--no-default-packages',
      commands: {
        create: ['-n', 'new', 'links', ...PLANS],
        'env create': ['-n', 'new', '-f', 'links.yml', ...PLANS],
      },
      env: { CONDA_CREATE_DEFAULT_PACKAGES: 'deep' },
      shows: lacks('deep-1.0'),
    },
    {
      option: '--force-reinstall',
      commands: {
        install: ['-n', 'env', 'ladder=1.9', ...PLANS],
        update: ['-n', 'filed', 'links', ...PLANS],
      },
      shows: names('"LINK"'),
    },
    {
      option: '--freeze-installed',
      commands: {
        install: ['-n', 'dated', 'meta', ...PLANS],
        update: ['-n', 'dated', 'meta', ...PLANS],
      },
      shows: lacks('ladder-2.0-0'),
      env: { CONDA_UPDATE_MODIFIER: 'update_deps' },
    },
    {
      option: '--update-deps',
      commands: { install: ['-n', 'dated', 'meta', ...PLANS], update: ['-n', 'dated', 'meta', ...PLANS] },
      shows: names('ladder-2.0-0'),
    },
    {
      option: '--satisfied-skip-solve',
      commands: { install: ['-n', 'dated', 'python', ...PLANS], update: ['-n', 'dated', 'python', ...PLANS] },
      isCold: true,
      shows: ({ asked, code }) => code === 0 && asked.length === 0,
    },
    {
      option: '--update-all',
      commands: { install: ['-n', 'dated', ...PLANS], update: ['-n', 'dated', ...PLANS] },
      shows: names('ladder-2.0-0'),
    },
    {
      option: '--prune',
      commands: { install: ['-n', 'pruned', 'deep', ...PLANS], update: ['-n', 'pruned', 'links', ...PLANS] },
      shows: names('text-prefix'),
    },
    {
      option: '--features',
      commands: { remove: ['-n', 'featured', 'chooser_fast', ...PLANS] },
      shows: names('chooser-1.0'),
    },
    {
      option: '--clobber',
      commands: {
        create: ['-n', 'clobbered', '-y', 'clobber-a=1.0', 'clobber-b=1.0'],
        install: ['-n', 'clobbering', '-y', 'clobber-b=1.0'],
        update: ['-n', 'clobbered', '-y', 'clobber-a'],
      },
      env: { CONDA_PATH_CONFLICT: 'prevent' },
      shows: succeeds,
    },
    {
      option: '--download-only',
      commands: {
        create: ['-n', 'new', 'links'],
        install: ['-n', 'env', 'deep'],
        update: ['-n', 'dated', 'python'],
      },
      given: ['--download-only', '-y'],
      without: ['--dry-run'],
      shows: ({ stderr }) => stderr.includes('Package caches prepared'),
    },
    {
      option: '--dry-run',
      commands: { install: ['-n', 'env', 'deep'], update: ['-n', 'dated', 'python'] },
      given: ['--dry-run'],
      without: ['--download-only'],
      shows: ({ stderr }) => stderr.includes('DryRunExit'),
    },
    {
      option: '--use-local',
      commands: plans('links', 'deep', 'python'),
      env: { CONDA_CROOT: whole },
      shows: names(`file://${whole}`),
    },
    {
      option: '--subdir',
      commands: { create: ['-n', 'new', 'python', ...PLANS] },
      given: ['--subdir', 'osx-arm64'],
      shows: names('osx-arm64'),
    },
    {
      option: '--show-channel-urls',
      commands: dryTexts(),
      env: { CONDA_SHOW_CHANNEL_URLS: 'false' },
      isCold: true,
      shows: ({ stdout }) => /\d [KM]?B +http:/.test(stdout),
    },
    {
      option: '--no-show-channel-urls',
      commands: dryTexts(),
      isCold: true,
      shows: ({ stdout }) => !/\d [KM]?B +http:/.test(stdout),
    },
    {
      option: '--override-frozen',
      commands: {
        install: ['-n', 'frozen', 'deep', ...PLANS],
        update: ['-n', 'frozen', 'links', ...PLANS],
        remove: ['-n', 'frozen', 'links', ...PLANS],
        'env update': ['-n', 'frozen', '-f', 'links.yml', ...PLANS],
      },
      shows: succeeds,
    },
    ...networkEffects(bare, url),
  ];
}

function dryTexts(): Effect['commands'] {
  return {
    create: ['-n', 'new', 'links', '--dry-run'],
    install: ['-n', 'env', 'deep', '--dry-run'],
    update: ['-n', 'dated', 'python', '--dry-run'],
  };
}

/** Options about how servers are asked, of everything that asks them. */
function networkEffects(changes: Effect['commands'], url: string): readonly Effect[] {
  const all: Effect['commands'] = {
    ...changes,
    'env create': ['-n', 'new', '-f', 'links.yml', ...PLANS],
    ...each(['search', 'repoquery search', 'repoquery depends', 'repoquery whoneeds'], 'ladder', '--json'),
  };
  const { 'env create': _, ...searching } = all;
  return [
    { option: '--offline', commands: all, isCold: true, shows: ({ asked }) => asked.length === 0 },
    {
      option: '--use-index-cache',
      commands: all,
      env: { CONDA_LOCAL_REPODATA_TTL: '0' },
      shows: ({ asked }) => asked.length === 0,
    },
    {
      option: '--insecure',
      commands: all,
      env: { CONDA_SSL_VERIFY: '/no/such/file.pem', CONDA_CHANNELS: url.replace('http:', 'https:') },
      isCold: true,
      shows: ({ stdout }) => !stdout.includes('/no/such/file.pem'),
    },
    {
      option: '--no-repodata-use-shards',
      commands: searching,
      isCold: true,
      shows: ({ asked }) => asked.length > 0 && !asked.some((path) => path.includes('shards')),
    },
    {
      option: '--no-repodata-use-zst',
      commands: searching,
      given: ['--no-repodata-use-shards', '--no-repodata-use-zst'],
      without: ['--no-repodata-use-shards'],
      isCold: true,
      shows: ({ asked }) => asked.length > 0 && !asked.some((path) => path.endsWith('.zst')),
    },
  ];
}
