import { type Effect, has, type Scene } from './effect.ts';

/** Options of `run`, and of what removes. */
export function runningEffects({ prefix }: Scene): readonly Effect[] {
  return [
    {
      option: '--name',
      commands: { run: [] },
      given: ['-n', 'env', 'printenv', 'CONDA_PREFIX'],
      without: ['-n', 'dated', 'printenv', 'CONDA_PREFIX'],
      shows: ({ stdout }) => stdout.trim() === prefix('env'),
    },
    {
      option: '--prefix',
      commands: { run: [] },
      given: ['-p', prefix('env'), 'printenv', 'CONDA_PREFIX'],
      without: ['-p', prefix('dated'), 'printenv', 'CONDA_PREFIX'],
      shows: ({ stdout }) => stdout.trim() === prefix('env'),
    },
    {
      option: '--cwd',
      commands: { run: ['-n', 'env'] },
      given: ['--cwd', '$DIR', 'pwd'],
      without: ['pwd'],
      shows: ({ stdout, directory }) => stdout.trim() === directory,
    },
    {
      option: '--env',
      commands: { run: ['-n', 'env'] },
      given: ['-e', 'COLOUR=red', 'printenv', 'COLOUR'],
      without: ['printenv', 'COLOUR'],
      shows: ({ stdout }) => stdout.trim() === 'red',
    },
    {
      option: '--verbose',
      commands: { run: ['-n', 'env'] },
      given: ['--no-plugins', '-v', 'true'],
      without: ['--no-plugins', 'true'],
      shows: ({ stderr }) => stderr.includes('--no-plugins changes nothing'),
    },
    {
      option: '--no-prune-deps',
      commands: { remove: ['-n', '$NEW', '-y', 'meta'] },
      before: [['create', '-q', '-y', '-n', '$NEW', 'meta']],
      shows: has('links'),
    },
  ];
}
