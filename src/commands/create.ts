import { cloneEnvironment } from './clone-environment.ts';
import type { CommandSpec, OptionGroup } from './command.ts';
import { createEnvironment } from './create-environment.ts';
import { creationOptions, idleOptions, installingOptions } from './installing-options.ts';
import { readText, readTexts } from './option-values.ts';
import { fileOptions, targetOptions, whenThereOptions } from './options.ts';

const createOptions: OptionGroup = {
  heading: 'Creation',
  options: [
    ...creationOptions,
    { flags: '--clone <environment>', description: 'copy an environment, given by name or path' },
    idleOptions.dev,
  ],
};

export const create: CommandSpec = {
  summary: 'Create an environment',
  description: 'Creates an environment and installs packages into it. Without packages it is empty.',
  operands: ['[specs...]'],
  options: [targetOptions, fileOptions, createOptions, whenThereOptions, ...installingOptions],
  examples: [
    'tconda create -n myenv python=3.12 numpy',
    'tconda create -p ./env -c conda-forge "zlib>=1.3"',
    'tconda create -n copy --file explicit.txt',
    'tconda create --file environment.yml',
    'tconda create -n copy --clone myenv',
  ],
  async run(operands, options, context) {
    if (readText(options, 'clone') !== undefined) return cloneEnvironment(operands, options, context);
    return createEnvironment({ operands, files: readTexts(options, 'file') }, options, context);
  },
};
