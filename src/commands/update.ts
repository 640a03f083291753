import { TcondaError } from '../errors.ts';
import { runChange } from './change.ts';
import type { CommandSpec } from './command.ts';
import { checkNotFrozen, loadEnvironmentOf } from './environment.ts';
import { finishEnvironment, withPipInstalled } from './finish-environment.ts';
import { changingOptions, installingOptions } from './installing-options.ts';
import { isSet, readTexts } from './option-values.ts';
import { fileOptions, targetOptions } from './options.ts';
import { updateModeOptions } from './solver-options.ts';
import { solverInput } from './solver-input.ts';
import { loadWanted } from './wanted.ts';

export const update: CommandSpec = {
  summary: 'Update packages to the newest compatible versions',
  description:
    'Updates packages of an environment, named ones or all, to the newest versions that go together.',
  operands: ['[names...]'],
  options: [targetOptions, fileOptions, changingOptions, updateModeOptions, ...installingOptions],
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
