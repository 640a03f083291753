import { TcondaError } from '../errors.ts';
import { runChange } from './change.ts';
import type { CommandSpec, OptionGroup } from './command.ts';
import { checkNotFrozen, loadEnvironmentOf } from './environment.ts';
import { finishEnvironment, withPipInstalled } from './finish-environment.ts';
import { isSet, readTexts } from './option-values.ts';
import {
  channelOptions,
  displayOptions,
  fileOptions,
  linkOptions,
  networkOptions,
  platformOptions,
  promptOptions,
  solverOptions,
  targetOptions,
  updateModeOptions,
} from './options.ts';
import { solverInput } from './solver-input.ts';
import { loadWanted } from './wanted.ts';

const updateOptions: OptionGroup = {
  heading: 'What to update',
  options: [
    { flags: '--update-all', aliases: ['--all'], description: 'everything that is installed' },
    {
      flags: '--prune',
      description: 'nothing',
      hidden: true,
      noEffect: 'name what shall go with remove, or use env update --prune',
    },
    {
      flags: '--force-pscheck',
      description: 'nothing',
      hidden: true,
      noEffect: 'files in use are no hindrance',
    },
    { flags: '--unknown', description: 'nothing', hidden: true, noEffect: 'it has none in conda either' },
    { flags: '--dev', description: 'nothing', hidden: true, noEffect: 'it is for work on conda itself' },
  ],
};

export const update: CommandSpec = {
  summary: 'Update packages to the newest compatible versions',
  description:
    'Updates packages of an environment, named ones or all, to the newest versions that go together.',
  operands: ['[names...]'],
  options: [
    targetOptions,
    fileOptions,
    updateOptions,
    updateModeOptions,
    platformOptions,
    channelOptions,
    solverOptions,
    linkOptions,
    networkOptions,
    displayOptions,
    promptOptions,
  ],
  examples: ['tconda update -n myenv numpy', 'tconda update -n myenv --all'],
  async run(operands, options, context) {
    const files = readTexts(options, 'file');
    if (operands.length === 0 && files.length === 0 && !isSet(options, 'updateAll')) {
      throw new TcondaError('INVALID_VALUE', 'no package names supplied', {
        hint: 'Example: tconda update -n myenv scipy',
      });
    }
    const { config, wanted } = await loadWanted(operands, files, options, context, 'of-options');
    const { prefix } = await loadEnvironmentOf(config, context);
    checkNotFrozen(prefix, config);
    const result = await runChange(
      { command: 'update', wanted, input: solverInput(options) },
      config,
      context,
    );
    if (result.notice !== undefined) return result;
    return withPipInstalled(result, await finishEnvironment(wanted, config, context));
  },
};
