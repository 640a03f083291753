import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { type Effect, fails, isJson, lacks, names, type Scene, type Seen, textOf } from './effect.ts';

const FILE = ['--file', '$DIR/rc.yml'] as const;

const TEXT = 'channels:\n  - a\n  - b\nquiet: false\n';

function write({ directory }: { readonly directory: string }): void {
  writeFileSync(path.join(directory, 'rc.yml'), TEXT);
}

/** The file after the run. */
function holds(text: string): (seen: Seen) => boolean {
  return (seen) => textOf('rc.yml')(seen).includes(text);
}

/** Options of `config`, and micromamba's commands for the same. */
export function configuringEffects({ prefix }: Scene): readonly Effect[] {
  const edit = (option: string, given: readonly string[], shows: Effect['shows']): Effect => ({
    option,
    commands: { config: FILE },
    given: [option, ...given],
    without: ['--get', 'channels'],
    prepare: write,
    shows,
  });
  const place = (option: string, given: readonly string[], file: string): Effect => ({
    option,
    commands: {
      config: ['--set', 'channel_alias', 'http://$NEW'],
      'config set': ['channel_alias', 'http://$NEW'],
    },
    given,
    env: { HOME: '$DIR', CONDA_PREFIX: prefix('dated') },
    shows: (seen) =>
      existsSync(file) && readFileSync(file, 'utf8').includes(`http://${path.basename(seen.prefix)}`),
  });
  return [
    edit('--append', ['channels', 'z'], holds('- a\n  - b\n  - z')),
    edit('--prepend', ['channels', 'z'], holds('- z\n  - a\n  - b')),
    edit('--set', ['quiet', 'true'], holds('quiet: true')),
    edit('--remove', ['channels', 'a'], (seen) => !holds('- a')(seen)),
    edit('--remove-key', ['channels'], (seen) => !holds('channels')(seen)),
    edit('--clear', ['channels'], (seen) => holds('channels')(seen) && !holds('- a')(seen)),
    {
      option: '--write-default',
      commands: { config: FILE },
      without: ['--get', 'channels'],
      shows: holds('# offline: false'),
    },
    {
      option: '--get',
      commands: { config: FILE },
      given: ['--get', 'channels'],
      without: ['--set', 'quiet', 'true'],
      prepare: write,
      shows: names("--add channels 'a'"),
    },
    {
      option: '--file',
      commands: { config: ['--get'], 'config get': ['channels'] },
      given: FILE,
      prepare: write,
      shows: names("--add channels 'a'"),
    },
    ...Object.entries({
      'config append': ['channels', 'z'],
      'config prepend': ['channels', 'z'],
      'config set': ['quiet', 'true'],
      'config remove': ['channels', 'b'],
      'config remove-key': ['quiet'],
    }).map(([command, words]): Effect => ({
      option: '--file',
      commands: { [command]: words },
      given: FILE,
      // Without it, the file of the user is changed.
      prepare: (place) => {
        for (const name of ['rc.yml', '.condarc']) writeFileSync(path.join(place.directory, name), TEXT);
      },
      env: { HOME: '$DIR' },
      shows: (seen) => textOf('rc.yml')(seen) !== TEXT,
    })),
    place('--system', ['--system'], path.join(prefix('..'), '.condarc')),
    place('--env', ['--env'], path.join(prefix('dated'), '.condarc')),
    place('--name', ['-n', 'pruned'], path.join(prefix('pruned'), '.condarc')),
    place('--prefix', ['-p', prefix('featured')], path.join(prefix('featured'), '.condarc')),
    {
      option: '--validate',
      commands: { config: [] },
      without: ['--show', 'offline'],
      env: { CONDA_CHANNEL_PRIORITY: 'odd' },
      shows: fails,
    },
    {
      option: '--sources',
      commands: { 'config list': [] },
      shows: names('==> '),
    },
    { option: '--descriptions', commands: { 'config list': ['offline'] }, shows: names('# # offline') },
    {
      option: '--json',
      commands: {
        config: ['--get'],
        'config list': [],
        'config sources': [],
        'config describe': ['offline'],
        'config get': ['channels'],
        'config set': [...FILE, 'quiet', 'true'],
        'config append': [...FILE, 'channels', 'z'],
        'config prepend': [...FILE, 'channels', 'z'],
        'config remove': [...FILE, 'channels', 'a'],
        'config remove-key': [...FILE, 'quiet'],
      },
      prepare: write,
      shows: isJson,
    },
    ...loading(),
  ];
}

/** Options about where settings come from: of all commands, and read at one place. */
function loading(): readonly Effect[] {
  const commands = { config: ['--show', 'channels', 'offline'], 'config list': ['channels', 'offline'] };
  return [
    {
      option: '--rc-file',
      commands,
      given: ['--rc-file', '$DIR/rc.yml'],
      prepare: write,
      shows: names('- b'),
    },
    { option: '--no-rc', commands, shows: lacks('http') },
    { option: '--no-env', commands, env: { CONDA_OFFLINE: 'true' }, shows: names('offline: False') },
    {
      option: '--root-prefix',
      commands: { 'env list': [], 'config list': ['root_prefix'] },
      given: ['-r', '$DIR'],
      shows: ({ stdout, directory }) => stdout.includes(`${directory}\n`),
    },
    {
      option: '--log-level',
      commands: { list: ['-n', 'env'], 'config list': ['offline'] },
      given: ['--no-plugins', '--log-level', 'info'],
      without: ['--no-plugins', '--log-level', 'warning'],
      shows: ({ stderr }) => stderr.includes('--no-plugins changes nothing'),
    },
  ];
}
