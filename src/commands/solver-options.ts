import type { OptionGroup } from './command.ts';

/** Names of solvers in conda and here. */
export const SOLVERS: readonly string[] = ['libmamba', 'classic', 'rattler', 'libsolv'];

/** How packages are chosen; of everything that solves. */
export const solverOptions: OptionGroup = {
  heading: 'Solver',
  options: [
    {
      flags: '--channel-priority [mode]',
      description: 'strict, flexible or disabled',
      choices: ['strict', 'flexible', 'disabled'],
      preset: 'flexible',
    },
    {
      flags: '--strict-channel-priority',
      description: 'never look past the first channel that has a name',
      conflicts: ['channelPriority'],
    },
    { flags: '--no-channel-priority', description: 'compare packages of all channels' },
    { flags: '--no-deps', description: 'install the named packages alone', conflicts: ['onlyDeps'] },
    { flags: '--only-deps', description: 'install what the named packages need, not them' },
    {
      flags: '--pin',
      description: 'honour pinned packages, whatever ignore_pinned says',
      hidden: true,
      isOwn: true,
    },
    { flags: '--no-pin', description: 'ignore pinned packages' },
    {
      flags: '--exclude-newer <time>',
      description: 'no package newer than this date, or younger than this time: 2026-04-01, 7d, P7D',
    },
    {
      flags: '--resolution <strategy>',
      isOwn: true,
      description: 'the highest versions, the lowest, or the lowest of what is named',
      choices: ['highest', 'lowest', 'lowest-direct'],
    },
    {
      flags: '--solver <name>',
      description: 'name of the solver',
      hidden: true,
      choices: SOLVERS,
      noEffect: 'there is one',
    },
    {
      flags: '--experimental-solver <name>',
      description: 'name of the solver, in older condas',
      hidden: true,
      isOwn: true,
      noEffect: 'there is one',
    },
  ],
};

/** How an installed environment gives way to a request; of `install` and `update`. */
export const updateModeOptions: OptionGroup = {
  heading: 'What may change',
  options: [
    { flags: '--force-reinstall', description: 'link the named packages again' },
    {
      flags: '--freeze-installed',
      description: 'change nothing that is installed',
      aliases: ['--no-update-deps'],
      conflicts: ['updateDeps', 'satisfiedSkipSolve', 'updateAll', 'updateSpecs'],
    },
    {
      flags: '--update-deps',
      description: 'update the dependencies of the named packages too',
      conflicts: ['satisfiedSkipSolve', 'updateAll', 'updateSpecs'],
    },
    {
      flags: '-S, --satisfied-skip-solve',
      description: 'do nothing when the named packages are installed and match',
      conflicts: ['updateAll', 'updateSpecs'],
    },
    {
      flags: '--update-specs',
      description: 'update the named packages',
      hidden: true,
      noEffect: 'it is the default',
      conflicts: ['updateAll'],
    },
  ],
};
