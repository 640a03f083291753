import { each, type Effect, fails, isJson, lacks, names, type Scene, succeeds } from './effect.ts';

const QUERIES = ['repoquery search', 'repoquery depends', 'repoquery whoneeds'] as const;

/** Options about what is shown, and of what. */
export function showingEffects({ url, whole, empty, prefix }: Scene): readonly Effect[] {
  const asking = each(['search', ...QUERIES], 'ladder', '--json');
  const exporting = each(['export', 'env export'], '-n', 'env', '--json');
  return [
    {
      option: '--channel',
      commands: { ...asking, ...exporting },
      given: ['-c', whole],
      shows: names('file://'),
    },
    {
      option: '--override-channels',
      commands: asking,
      given: ['-O', '-c', empty],
      shows: lacks('"md5"'),
    },
    {
      option: '--override-channels',
      commands: each(['export', 'env export'], '-n', 'env', '--ignore-channels', '--json'),
      given: ['-O', '-c', whole],
      shows: lacks(url),
    },
    {
      option: '--ignore-channels',
      commands: each(['export', 'env export'], '-n', 'filed'),
      shows: lacks('file://'),
    },
    { option: '--no-builds', commands: exporting, shows: (seen) => succeeds(seen) && lacks('=0"')(seen) },
    {
      option: '--from-history',
      commands: exporting,
      shows: (seen) => succeeds(seen) && lacks('zlib-like')(seen),
    },
    {
      option: '--format',
      commands: each(['export', 'env export'], '-n', 'env'),
      given: ['--format', 'explicit'],
      shows: names('@EXPLICIT'),
    },
    {
      option: '--platform',
      commands: each(['export', 'env export'], '-n', 'env', '--format', 'requirements'),
      given: ['--platform', 'osx-arm64'],
      shows: names('# platform: osx-arm64'),
    },
    {
      option: '--override-platforms',
      commands: each(['export', 'env export'], '-n', 'env', '--platform', 'osx-arm64'),
      env: { CONDA_EXPORT_PLATFORMS: 'linux-64' },
      shows: succeeds,
    },
    { option: '--use-local', commands: asking, env: { CONDA_CROOT: whole }, shows: names('file://') },
    {
      option: '--subdir',
      commands: each(['search', 'repoquery search', 'repoquery depends'], 'python', '--json'),
      given: ['--subdir', 'osx-arm64'],
      shows: names('osx-arm64'),
    },
    ...forEach(['--recursive', '--tree'], (option) => ({
      option,
      commands: { 'repoquery depends': ['greet'] },
      shows: names('zlib-like'),
    })),
    ...forEach(['--recursive', '--tree'], (option) => ({
      option,
      commands: { 'repoquery whoneeds': ['zlib-like'] },
      shows: names('greet'),
    })),
    {
      option: '--subdir',
      commands: { 'repoquery whoneeds': ['zlib-like', '--json'] },
      given: ['--subdir', 'osx-arm64'],
      shows: lacks('linux-64'),
    },
    { option: '--info', commands: { search: ['ladder'] }, shows: names('file name') },
    { option: '--envs', commands: { search: ['ladder', '--json'] }, shows: names('"package_records"') },
    { option: '--envs', commands: { info: ['--json'] }, shows: lacks('"channels"') },
    ...forEach(['--skip-flexible-search', '--full-name'], (option) => ({
      option,
      commands: { search: ['ladde'] },
      shows: fails,
    })),
    {
      option: '--base',
      commands: { info: [] },
      shows: ({ stdout }) => stdout.trim().split('\n').length === 1,
    },
    { option: '--all', commands: { info: [] }, shows: names('SSL_CERT_FILE') },
    {
      option: '--system',
      commands: { info: [] },
      shows: (seen) => names('SSL_CERT_FILE')(seen) && lacks('package cache')(seen),
    },
    { option: '--unsafe-channels', commands: { info: [] }, shows: ({ stdout }) => stdout.trim() === url },
    {
      option: '--size',
      commands: { list: ['-n', 'env'], info: ['--envs'], 'env list': [] },
      shows: ({ stdout }) => /\d K?B\b/.test(stdout),
    },
    {
      option: '--reverse',
      commands: { list: ['-n', 'env'] },
      shows: ({ stdout }) => stdout.indexOf('text-prefix') < stdout.indexOf('ladder'),
    },
    {
      option: '--show-channel-urls',
      commands: { list: ['-n', 'env'] },
      env: { CONDA_SHOW_CHANNEL_URLS: 'false' },
      shows: names('http://'),
    },
    { option: '--list', commands: { doctor: ['-n', 'env'] }, shows: lacks('Environment Health Report') },
    {
      option: '--no-stack',
      commands: { 'shell.posix activate': [prefix('env')] },
      env: { CONDA_AUTO_STACK: '5', CONDA_SHLVL: '1', CONDA_PREFIX: prefix('dated') },
      shows: lacks('CONDA_STACKED_2'),
    },
    {
      option: '--stack',
      commands: { 'shell.posix activate': [prefix('env')] },
      env: { CONDA_SHLVL: '1', CONDA_PREFIX: prefix('dated') },
      shows: names('CONDA_STACKED_2'),
    },
    ...forEach(['--logfiles', '--tempfiles', '--index-cache', '--force-pkgs-dirs', '--all'], (option) => ({
      option,
      commands: { clean: ['--packages', '--dry-run', '--json'] },
      shows: names(CLEANED[option] ?? ''),
    })),
    ...configEffects(),
    {
      option: '--json',
      commands: {
        compare: ['-n', 'env', 'links.yml'],
        'env remove': ['-n', 'env', '--dry-run'],
        rename: ['-n', 'env', 'other', '--dry-run'],
        ...each(QUERIES, 'ladder'),
      },
      shows: isJson,
    },
    ...generalEffects(prefix),
  ];
}

const CLEANED: Readonly<Record<string, string>> = {
  '--logfiles': '"logfiles"',
  '--tempfiles': '"tempfiles"',
  '--index-cache': '"index_cache"',
  '--force-pkgs-dirs': '"pkgs_dirs": [',
  '--all': '"tarballs"',
};

function forEach(options: readonly string[], row: (option: string) => Effect): readonly Effect[] {
  return options.map(row);
}

function configEffects(): readonly Effect[] {
  const commands = { config: [] };
  const without = ['--show', 'offline'];
  return [
    { option: '--show', commands, given: without, shows: names('offline: False') },
    { option: '--show-sources', commands, without, shows: names('==> ') },
    {
      option: '--describe',
      commands,
      given: ['--describe', 'offline'],
      without,
      shows: names('# # offline'),
    },
  ];
}

/** Options of every command. */
function generalEffects(prefix: (name: string) => string): readonly Effect[] {
  const looking: Effect['commands'] = {
    compare: ['-n', 'env', 'links.yml'],
    'env config vars list': ['-n', 'env'],
    'env export': ['-n', 'env'],
    'env list': [],
    export: ['-n', 'env'],
    info: [],
    list: ['-n', 'env'],
    notices: [],
    ...each(['search', ...QUERIES], 'ladder'),
    clean: ['--tarballs', '--dry-run'],
    config: ['--show', 'offline'],
    rename: ['-n', 'env', 'other', '--dry-run'],
    'env remove': ['-n', 'env', '--dry-run'],
    create: ['-n', 'new', 'links', '--dry-run'],
    install: ['-n', 'env', 'deep', '--dry-run'],
    update: ['-n', 'env', 'ladder', '--dry-run'],
    remove: ['-n', 'env', 'ladder', '--dry-run'],
    'env create': ['-n', 'new', '-f', 'links.yml', '--dry-run'],
    'env update': ['-n', 'env', '-f', 'links.yml', '--dry-run'],
    init: ['--dry-run', 'bash'],
  };
  const without = (...left: readonly string[]): Effect['commands'] =>
    Object.fromEntries(Object.entries(looking).filter(([command]) => !left.includes(command)));
  return [
    {
      option: '--console',
      commands: without('env list', 'list'),
      given: ['--console', 'json'],
      shows: isJson,
    },
    {
      option: '--quiet',
      commands: without(),
      env: { CONDARC: 'unknown.yml' },
      shows: ({ stderr }) => !stderr.includes('Unknown key'),
    },
    {
      option: '--verbose',
      commands: without(),
      given: ['--no-plugins', '-v'],
      without: ['--no-plugins'],
      shows: ({ stderr }) => stderr.includes('--no-plugins changes nothing'),
    },
    {
      option: '--prefix',
      commands: {
        'env update': ['-f', 'links.yml', '--dry-run', '-q'],
        create: ['links', '--dry-run', '-q'],
      },
      given: ['-p', prefix('other')],
      without: ['-n', 'another'],
      shows: names(`environment location: ${prefix('other')}`),
    },
  ];
}
