import { TcondaError } from '../errors.ts';
import { runChange } from './change.ts';
import type { CommandSpec, OptionGroup } from './command.ts';
import { checkNotFrozen, loadEnvironmentOf } from './environment.ts';
import { finishEnvironment, withPipInstalled } from './finish-environment.ts';
import { changingOptions, installingOptions } from './installing-options.ts';
import { isSet, readCount, readTexts } from './option-values.ts';
import { fileOptions, targetOptions } from './options.ts';
import { updateModeOptions } from './solver-options.ts';
import { restoreRevision } from './restore-revision.ts';
import { solverInput } from './solver-input.ts';
import { loadWanted } from './wanted.ts';

const installOptions: OptionGroup = {
  heading: 'Other ways to say what',
  options: [
    {
      flags: '--revision <number>',
      description: 'go back to an earlier state; history lists them',
    },
    { flags: '--mkdir', description: 'nothing', hidden: true, noEffect: 'folders are made as needed' },
  ],
};

export const install: CommandSpec = {
  summary: 'Install packages into an environment',
  description:
    'Installs packages into an environment that exists. What is installed already stays as it is as far as that goes.',
  operands: ['[specs...]'],
  options: [
    targetOptions,
    fileOptions,
    updateModeOptions,
    changingOptions,
    installOptions,
    ...installingOptions,
  ],
  examples: ['tconda install -n myenv scipy', 'tconda install -n myenv "numpy>=2" -c conda-forge'],
  async run(operands, options, context) {
    const files = readTexts(options, 'file');
    const revision = readCount(options, 'revision');
    if (revision !== undefined) {
      if (operands.length > 0 || files.length > 0) {
        throw new TcondaError('USAGE', '--revision takes no packages beside it');
      }
      return restoreRevision(() => revision, options, context);
    }
    if (operands.length === 0 && files.length === 0 && !isSet(options, 'updateAll')) {
      throw new TcondaError(
        'INVALID_VALUE',
        'too few arguments, must supply one of command line packages, --file or --revision',
      );
    }
    const { config, wanted } = await loadWanted(operands, files, options, context, 'of-options');
    const { prefix } = await loadEnvironmentOf(config, context);
    checkNotFrozen(prefix, config);
    const result = await runChange(
      { command: 'install', wanted, input: solverInput(options) },
      config,
      context,
    );
    if (result.notice !== undefined) return result;
    return withPipInstalled(result, await finishEnvironment(wanted, config, context));
  },
};
