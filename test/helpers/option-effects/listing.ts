import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { each, type Effect, isJson, lacks, names, type Scene, ofEnvironment } from './effect.ts';

/** What pip leaves behind. */
function installWithPip({ prefix }: { readonly prefix: string }): void {
  const folder = path.join(prefix, 'lib/python3.12/site-packages/wheeled-1.0.dist-info');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'METADATA'), 'Metadata-Version: 2.1\nName: wheeled\nVersion: 1.0\n');
  writeFileSync(path.join(folder, 'INSTALLER'), 'pip\n');
  writeFileSync(path.join(folder, 'RECORD'), '');
}

/** Options about how environments are listed, and which. */
export function listingEffects({ url, empty, prefix }: Scene): readonly Effect[] {
  return [
    ...[
      ['--canonical', '/noarch::ladder-1.9-0'],
      ['--explicit', '@EXPLICIT'],
      ['--export', 'ladder=1.9=0'],
      ['--revisions', '+ladder-1.9'],
    ].map(([option = '', text = '']): Effect => ({
      option,
      commands: { list: ['-n', 'env'] },
      shows: names(text),
    })),
    {
      option: '--fields',
      commands: { list: ['-n', 'env'] },
      given: ['--fields', 'name,subdir'],
      shows: (seen) => names('noarch')(seen) && lacks('1.9')(seen),
    },
    {
      option: '--full-name',
      commands: { list: ['-n', 'env', 'ladd'] },
      shows: ({ stderr }) => stderr.includes('PackageNotInstalledError'),
    },
    {
      option: '--md5',
      commands: { list: ['-n', 'env', '--explicit'] },
      shows: ({ stdout }) => /\.conda#[0-9a-f]{32}$/m.test(stdout),
    },
    {
      option: '--sha256',
      commands: { list: ['-n', 'env', '--explicit'] },
      shows: ({ stdout }) => /\.conda#(?:sha256:)?[0-9a-f]{64}$/m.test(stdout),
    },
    {
      option: '--no-pip',
      commands: { list: ['-n', '$NEW'] },
      before: [['create', '-q', '-n', '$NEW', 'python=3.12']],
      prepare: installWithPip,
      shows: lacks('wheeled'),
    },
    {
      option: '--json',
      commands: {
        ...each(['list', 'export', 'env export', 'env config vars list'], '-n', 'env'),
        ...each(['env list', 'info', 'notices']),
        'env config vars set': ['-n', 'env', 'COLOUR=red'],
        'env config vars unset': ['-n', 'env', 'COLOUR'],
        search: ['ladder'],
        clean: ['--tarballs', '--dry-run'],
        init: ['--dry-run', 'bash'],
        create: ['-n', 'new', 'links', '--dry-run'],
        install: ['-n', 'env', 'deep', '--dry-run'],
        update: ['-n', 'dated', 'ladder', '--dry-run'],
        remove: ['-n', 'env', 'ladder', '--dry-run'],
        'env create': ['-n', 'new', '-f', 'links.yml', '--dry-run'],
        'env update': ['-n', 'env', '-f', 'links.yml', '--dry-run'],
      },
      shows: isJson,
    },
    {
      option: '--console',
      commands: { 'env list': [], list: ['-n', 'env'] },
      given: ['--console', 'json'],
      shows: isJson,
    },
    ...['--packages', '--tarballs'].map((option): Effect => ({
      option,
      commands: { clean: ['--logfiles', '--dry-run', '--json'] },
      shows: names(`"${option.slice(2)}": {`),
    })),
    {
      option: '--name',
      commands: {
        ...ofEnvironment(),
        package: ['--untracked'],
      },
      given: ['-n', 'env'],
      without: ['-n', 'no-such'],
      shows: ({ code, stdout }) => code === 0 || stdout.includes('not found'),
    },
    {
      option: '--prefix',
      commands: ofEnvironment(),
      given: ['-p', prefix('env')],
      without: ['-p', prefix('no-such')],
      shows: ({ code, stdout }) => code === 0 || stdout.includes('not found'),
    },
    {
      option: '--prefix',
      commands: { package: ['--untracked'] },
      given: ['-p', prefix('env')],
      without: ['-p', prefix('no-such')],
      shows: ({ code }) => code === 0,
    },
    {
      option: '--reverse-dependency',
      commands: { search: ['zlib-like'] },
      shows: names('python'),
    },
    {
      option: '--channel',
      commands: { notices: [] },
      given: ['-c', `${url}/other`],
      isCold: true,
      shows: ({ asked }) => asked.includes('/other/notices.json'),
    },
    {
      option: '--override-channels',
      commands: { notices: ['-c', empty] },
      isCold: true,
      shows: ({ asked }) => asked.length === 0,
    },
    ...querying(prefix),
  ];
}

/** micromamba's ways to ask about an environment. */
function querying(prefix: Scene['prefix']): readonly Effect[] {
  const commands = {
    'repoquery search': ['ladder', '--json'],
    'repoquery depends': ['ladder', '--json'],
    'repoquery whoneeds': ['zlib-like', '--json'],
  };
  const isOfEnvironment: Effect['shows'] = (seen) =>
    lacks('3.11')(seen) && lacks('2!1.0')(seen) && lacks('2.0-0')(seen);
  const active = { CONDA_PREFIX: prefix('env') };
  return [
    { option: '--local', commands, env: active, shows: isOfEnvironment },
    { option: '--name', commands, given: ['-n', 'env'], shows: isOfEnvironment },
    {
      option: '--prefix',
      commands: each(Object.keys(commands), 'ladder', '--local', '--json'),
      given: ['-p', prefix('env')],
      without: ['-p', prefix('no-such')],
      shows: ({ code }) => code === 0,
    },
  ];
}
