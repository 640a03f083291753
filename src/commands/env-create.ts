import type { CommandSpec } from './command.ts';
import { createEnvironment } from './create-environment.ts';
import { defaultPackagesOption, installingOptions } from './installing-options.ts';
import { readTexts } from './option-values.ts';
import { fileOptions, targetOptions, whenThereOptions } from './options.ts';

/** What `env create` and `env update` read when no file is named. */
export const DEFAULT_FILE = 'environment.yml';

export const envCreate: CommandSpec = {
  summary: 'Create an environment from a file',
  description: `Creates an environment as a file describes it; ${DEFAULT_FILE} in this folder, unless told otherwise.`,
  options: [
    targetOptions,
    fileOptions,
    {
      heading: 'Creation',
      options: [defaultPackagesOption],
    },
    whenThereOptions,
    ...installingOptions,
  ],
  examples: ['tconda env create', 'tconda env create -n myenv -f path/to/environment.yml'],
  async run(_, options, context) {
    const files = readTexts(options, 'file');
    return createEnvironment(
      { operands: [], files: files.length === 0 ? [DEFAULT_FILE] : files, isOfFile: true },
      options,
      context,
    );
  },
};
