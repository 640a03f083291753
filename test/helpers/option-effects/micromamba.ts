import { lstatSync, statSync } from 'node:fs';
import path from 'node:path';

import { each, type Effect, lacks, names, type Scene, type Seen } from './effect.ts';

const PLAN = ['--dry-run', '--json'] as const;

/** What micromamba has besides conda's options: each is read at one place for every command that has it. */
export function micromambaEffects({ url, whole, prefix }: Scene): readonly Effect[] {
  const { origin } = new URL(url);
  const searching = each(['search', 'repoquery search'], 'ladder', '--json');
  return [
    {
      option: '--channel-alias',
      commands: each(['search', 'repoquery search'], 'ladder', '-O', '-c', path.basename(whole), '--json'),
      given: ['--channel-alias', `file://${path.dirname(whole)}`],
      shows: names('file://'),
    },
    ...['--ssl-verify', '--cacert-path'].map((option): Effect => ({
      option,
      commands: searching,
      given: [option, '/no/such/file.pem'],
      env: { CONDA_CHANNELS: origin.replace('http:', 'https:') },
      isCold: true,
      shows: names('/no/such/file.pem'),
    })),
    {
      option: '--repodata-ttl',
      commands: searching,
      given: ['--repodata-ttl', '1000'],
      env: { CONDA_LOCAL_REPODATA_TTL: '0' },
      before: [['search', 'ladder']],
      isCold: true,
      shows: ({ asked }) => asked.length === 0,
    },
    {
      option: '--pin',
      commands: { create: ['-n', 'new', 'ladder', ...PLAN] },
      env: { CONDA_PINNED_PACKAGES: 'ladder=1.9', CONDA_IGNORE_PINNED: 'true' },
      shows: names('ladder-1.9'),
    },
    {
      option: '--shell',
      commands: {
        'shell hook': [],
        'shell activate': ['env'],
        'shell deactivate': [],
        'shell reactivate': [],
      },
      given: ['-s', 'fish'],
      without: ['-s', 'bash'],
      env: { CONDA_SHLVL: '1', CONDA_PREFIX: prefix('env') },
      shows: ({ stdout }) => /^(?:set -gx|function) /m.test(stdout),
    },
    {
      option: '--shell',
      commands: { 'shell init': ['--dry-run'], 'shell deinit': ['--dry-run'] },
      given: ['-s', 'fish'],
      without: ['-s', 'bash'],
      shows: names('config.fish'),
    },
    {
      option: '--shell',
      commands: { 'shell completion': [] },
      given: ['-s', 'fish'],
      without: ['-s', 'bash'],
      shows: names('function __tconda_complete'),
    },
    ...linking(),
  ];
}

function linking(): readonly Effect[] {
  const create = ['-n', '$NEW', '-y', '-q'] as const;
  const isLinked = ({ prefix }: Seen): boolean =>
    lstatSync(path.join(prefix, 'share/ladder/version.txt')).isSymbolicLink();
  const isMarked = ({ prefix }: Seen): boolean =>
    statSync(path.join(prefix, 'link-scripts.log'), { throwIfNoEntry: false }) !== undefined;
  return [
    {
      option: '--always-softlink',
      commands: { create: [...create, 'ladder'] },
      shows: isLinked,
    },
    {
      option: '--run-link-scripts',
      commands: { create: [...create, 'link-scripts'] },
      env: { CONDA_LINK_SCRIPTS: 'skip' },
      shows: isMarked,
    },
    {
      option: '--skip-run-link-scripts',
      commands: { create: [...create, 'link-scripts'] },
      env: { CONDA_LINK_SCRIPTS: 'run' },
      shows: (seen) => !isMarked(seen),
    },
    {
      option: '--lock-timeout',
      commands: { create: ['-n', 'new', 'links', ...PLAN] },
      given: ['--lock-timeout', 'soon'],
      shows: lacks('"LINK"'),
    },
  ];
}
