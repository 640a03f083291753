import type { CommandSpec, OptionGroup } from './command.ts';
import { createEnvironment } from './create-environment.ts';
import { creationOptions, installingOptions, ownGroups } from './installing-options.ts';
import { readTexts } from './option-values.ts';
import { fileOptions, targetOptions, whenThereOptions } from './options.ts';

/** What `env create` and `env update` read when no file is named. */
export const DEFAULT_FILE = 'environment.yml';

/** conda's `env create` takes several files behind one `-f`. */
const manyFileOptions: OptionGroup = {
  ...fileOptions,
  options: fileOptions.options.map((option) =>
    option.flags.startsWith('-f,') ? { ...option, many: true } : option,
  ),
};

export const envCreate: CommandSpec = {
  summary: 'Create an environment from a file',
  description:
    `Creates an environment as a file describes it; ${DEFAULT_FILE} in this folder, unless told otherwise. SPECS come ` +
    'besides what the files say.',
  operands: ['[specs...]'],
  options: [
    targetOptions,
    manyFileOptions,
    ...ownGroups([{ heading: 'Creation', options: creationOptions }], (flags) =>
      /default-packages/.test(flags),
    ),
    whenThereOptions,
    ...ownGroups(installingOptions, (flags) =>
      /yes|dry-run|offline|index-cache|insecure|--solver|subdir/.test(flags),
    ),
  ],
  examples: ['tconda env create', 'tconda env create -n myenv -f path/to/environment.yml'],
  async run(operands, options, context) {
    const named = readTexts(options, 'file');
    const files = named.length === 0 && operands.length === 0 ? [DEFAULT_FILE] : named;
    return createEnvironment({ operands, files, isOfFile: true }, options, context);
  },
};
