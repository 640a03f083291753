import { TcondaError } from '../errors.ts';
import type { CommandResult, CommandSpec, Context, OptionGroup, OptionValues } from './command.ts';
import { initShell } from './init.ts';
import { isSet, readText } from './option-values.ts';
import { promptOptions } from './options.ts';
import { runShellCommand } from './shell.ts';

/** micromamba's way to call what `shell.<name>` and `init` do: `shell activate -s bash myenv`. */
const shellOptions: OptionGroup = {
  heading: 'Shell',
  options: [
    { flags: '-s, --shell <name>', description: 'name of the shell; else that of SHELL' },
    { flags: '-p, --prefix <environment>', description: 'the environment, or the root prefix', hidden: true },
    {
      flags: '-n, --name <environment>',
      description: 'the environment',
      hidden: true,
      conflicts: ['prefix'],
    },
    { flags: '--stack', description: 'keep the active environment behind the new one' },
    { flags: '--no-stack', description: 'replace the active environment' },
  ],
};

export const shellHook = shellCommand('hook', 'Print the code that prepares a shell');
export const shellActivate = shellCommand('activate', 'Print the code that enters an environment');
export const shellDeactivate = shellCommand('deactivate', 'Print the code that leaves the environment');
export const shellReactivate = shellCommand('reactivate', 'Print the code that refreshes the environment');
export const shellInit = initCommand('init', 'Prepare a shell', false);
export const shellDeinit = initCommand('deinit', 'Undo init', true);

function shellCommand(name: 'hook' | 'activate' | 'deactivate' | 'reactivate', summary: string): CommandSpec {
  return {
    summary,
    operands: name === 'activate' ? ['[environment]'] : [],
    options: [shellOptions],
    examples: [`tconda shell ${name} -s bash${name === 'activate' ? ' myenv' : ''}`],
    run: (operands, options, context) => {
      const stack = isSet(options, 'stack') ? ['--stack'] : options['stack'] === false ? ['--no-stack'] : [];
      if (operands[0] !== undefined && (options['name'] ?? options['prefix']) !== undefined) {
        throw new TcondaError(
          'USAGE',
          `-n and -p name the environment already, so '${operands[0]}' can't be another`,
        );
      }
      const target = operands[0] ?? readText(options, 'name') ?? readText(options, 'prefix');
      const args = name === 'activate' ? [...stack, ...(target === undefined ? [] : [target])] : [];
      const root =
        readText(options, 'rootPrefix') ?? (name === 'hook' ? readText(options, 'prefix') : undefined);
      return runShellCommand(shellOf(options, context), [name, ...args], context, {
        values: { root_prefix: root },
      });
    },
  };
}

function initCommand(name: string, summary: string, isReversed: boolean): CommandSpec {
  return {
    summary,
    options: [shellOptions, promptOptions],
    examples: [`tconda shell ${name} -s bash`],
    run: (_, options, context): Promise<CommandResult> => {
      // Older versions of micromamba name the root prefix with -p.
      const { prefix, ...others } = options;
      return initShell(readText(options, 'shell'), isReversed, { rootPrefix: prefix, ...others }, context);
    },
  };
}

function shellOf(options: OptionValues, { host }: Context): string {
  const name = readText(options, 'shell') ?? host.env['SHELL']?.replace(/^.*\//, '');
  if (name === undefined || name === '') {
    throw new TcondaError('USAGE', 'which shell is not known', { hint: 'Name it: -s bash' });
  }
  return name;
}
