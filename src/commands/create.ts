import { cloneEnvironment } from './clone-environment.ts';
import type { CommandSpec, OptionGroup } from './command.ts';
import { createEnvironment } from './create-environment.ts';
import { readText, readTexts } from './option-values.ts';
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
  whenThereOptions,
} from './options.ts';

const createOptions: OptionGroup = {
  heading: 'Creation',
  options: [
    { flags: '--no-default-packages', description: 'leave out create_default_packages' },
    { flags: '--clone <environment>', description: 'copy an environment, given by name or path' },
    { flags: '--dev', description: 'nothing', hidden: true, noEffect: 'it is for work on conda itself' },
  ],
};

export const create: CommandSpec = {
  summary: 'Create an environment',
  description: 'Creates an environment and installs packages into it. Without packages it is empty.',
  operands: ['[specs...]'],
  options: [
    targetOptions,
    fileOptions,
    createOptions,
    whenThereOptions,
    platformOptions,
    channelOptions,
    solverOptions,
    linkOptions,
    networkOptions,
    displayOptions,
    promptOptions,
  ],
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
