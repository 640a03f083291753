import { TcondaError } from '../errors.ts';
import { formatActivationHint } from '../report/activation-hint.ts';
import { runChange } from './change.ts';
import type { CommandSpec } from './command.ts';
import { DEFAULT_FILE } from './env-create.ts';
import { checkNotFrozen } from './environment.ts';
import { finishEnvironment, withPipInstalled } from './finish-environment.ts';
import { installingOptions, ownGroups } from './installing-options.ts';
import { isSet, readTexts } from './option-values.ts';
import { fileOptions, targetOptions } from './options.ts';
import { loadWanted } from './wanted.ts';

export const envUpdate: CommandSpec = {
  summary: 'Bring an environment to what a file says',
  description:
    `Installs what a file asks for, ${DEFAULT_FILE} in this folder unless told otherwise. Packages that it does not ask for ` +
    'stay; with --prune the environment becomes exactly what the file alone would give.',
  options: [
    targetOptions,
    fileOptions,
    {
      heading: 'What may change',
      options: [{ flags: '--prune', description: 'remove what the file does not need' }],
    },
    ...ownGroups(installingOptions, (flags) => /--solver|override-frozen/.test(flags)),
  ],
  examples: ['tconda env update -f environment.yml', 'tconda env update -n myenv --prune'],
  async run(_, options, context) {
    const given = readTexts(options, 'file');
    const files = given.length === 0 ? [DEFAULT_FILE] : given;
    const loaded = await loadWanted([], files, options, context, 'of-files');
    const { config, wanted, name } = loaded;
    checkNotFrozen(config.targetPrefix, config);
    const prune = isSet(options, 'prune');
    if (prune && wanted.kind === 'explicit') {
      throw new TcondaError(
        'USAGE',
        '--prune needs a file of specs; an explicit list names every package itself',
      );
    }
    const result = await runChange(
      { command: 'install', wanted, input: prune ? { prune, ignoreInstalled: true } : {}, isAsked: false },
      config,
      context,
    );
    if (result.notice !== undefined) return result;
    const installed = await finishEnvironment(wanted, config, context);
    const hint = context.global.quiet
      ? []
      : formatActivationHint(name ?? config.targetPrefix, context.columns !== undefined);
    return withPipInstalled({ ...result, lines: [...result.lines, ...hint] }, installed);
  },
};
