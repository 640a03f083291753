import { TcondaError } from '../errors.ts';
import type { CommandSpec } from './command.ts';
import { readText } from './option-values.ts';
import { promptOptions, targetOptions } from './options.ts';
import { removeEnvironment } from './remove-environment.ts';
import { loadSettings } from './settings.ts';
import { SOLVERS } from './solver-options.ts';

export const envRemove: CommandSpec = {
  summary: 'Remove an environment',
  description: 'Removes an environment with everything in it.',
  options: [
    targetOptions,
    {
      heading: 'What may change',
      options: [
        { flags: '--override-frozen', description: 'remove it also if it is marked as frozen' },
        {
          flags: '--solver <name>',
          description: 'name of the solver',
          hidden: true,
          choices: SOLVERS,
          noEffect: 'nothing is solved',
        },
      ],
    },
    promptOptions,
  ],
  examples: ['tconda env remove -n myenv'],
  async run(_, options, context) {
    if (readText(options, 'name') === undefined && readText(options, 'prefix') === undefined) {
      throw new TcondaError('USAGE', 'one of the arguments -n/--name -p/--prefix is required');
    }
    return removeEnvironment(await loadSettings(options, context), context);
  },
};
