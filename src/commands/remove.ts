import { TcondaError } from '../errors.ts';
import { runChange } from './change.ts';
import type { CommandSpec, OptionGroup } from './command.ts';
import { checkNotFrozen, loadEnvironmentOf } from './environment.ts';
import { idleGroup, idleOptions, ownGroups } from './installing-options.ts';
import { isOff, isSet } from './option-values.ts';
import { channelOptions, networkOptions, promptOptions, targetOptions } from './options.ts';
import { solverOptions } from './solver-options.ts';
import { removeEnvironment } from './remove-environment.ts';
import { loadSettings } from './settings.ts';

const removeOptions: OptionGroup = {
  heading: 'What to remove',
  options: [
    { flags: '-a, --all', description: 'every package, and the environment with them' },
    { flags: '--keep-env', description: 'with --all: keep the empty environment' },
    {
      flags: '-f, --force-remove',
      description: 'the named packages alone, whatever needs them',
      aliases: ['--force'],
    },
    { flags: '--features', description: 'the names are features: every package that tracks one of them' },
    { flags: '--override-frozen', description: 'change an environment that is marked as frozen' },
    {
      flags: '--lock-timeout <seconds>',
      description: 'give up when another process changes the environment for so long',
    },
    { flags: '--no-prune-deps', description: 'keep what was there for the removed packages alone' },
    {
      flags: '--prune',
      description: 'nothing',
      aliases: ['--prune-deps'],
      hidden: true,
      noEffect: 'what was there for removed packages alone goes with them',
    },
    idleOptions.forcePscheck,
    idleOptions.dev,
  ],
};

const ASKS_NOBODY = 'what is installed is all that counts';

export const remove: CommandSpec = {
  summary: 'Remove packages, or a whole environment',
  description:
    'Removes packages, what depends on them, and what was there for them alone. With --all the environment goes.',
  operands: ['[specs...]'],
  options: [
    targetOptions,
    removeOptions,
    ...[
      channelOptions,
      ...ownGroups([solverOptions], (flags) => /--no-pin|--solver/.test(flags)),
      networkOptions,
    ].map((group) => idleGroup(group, ASKS_NOBODY)),
    promptOptions,
  ],
  examples: ['tconda remove -n myenv scipy', 'tconda remove -n myenv --all'],
  async run(operands, options, context) {
    const config = await loadSettings(options, context);
    const isAll = isSet(options, 'all');
    if (operands.length === 0 && !isAll) {
      throw new TcondaError(
        'INVALID_VALUE',
        'no package names supplied,\n       try "tconda remove -h" for more details',
      );
    }
    if (isAll && !isSet(options, 'keepEnv')) return removeEnvironment(config, context);
    const { prefix, records } = await loadEnvironmentOf(config, context);
    checkNotFrozen(prefix, config);
    const specs = isAll
      ? records.map(({ name }) => name)
      : isSet(options, 'features')
        ? operands.map((feature) => `*[track_features=${feature}]`)
        : operands;
    if (isAll) context.say('', `Remove all packages in environment ${prefix}:`, '');
    return runChange(
      {
        command: 'remove',
        wanted: { kind: 'specs', specs },
        ...(isAll ? { shown: [] } : {}),
        input: {
          forceRemove: isAll || config.get('force_remove'),
          ...(isOff(options, 'pruneDeps') ? { prune: false } : {}),
        },
      },
      config,
      context,
    );
  },
};
