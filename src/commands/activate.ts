import { TcondaError } from '../errors.ts';
import type { CommandSpec, OptionGroup } from './command.ts';

const stackOptions: OptionGroup = {
  heading: 'Stacking',
  options: [
    { flags: '--stack', description: 'keep the active environment behind the new one' },
    { flags: '--no-stack', description: 'replace the active environment' },
    {
      flags: '--dev',
      description: 'nothing',
      hidden: true,
      noEffect: 'it is for work on conda itself',
    },
  ],
};

/** Reached only where the shell function is missing: a program can't change the shell that runs it. */
function placeholder(name: 'activate' | 'deactivate', summary: string): CommandSpec {
  return {
    summary,
    operands: name === 'activate' ? ['[environment]'] : [],
    options: name === 'activate' ? [stackOptions] : [],
    examples: [
      'tconda init',
      'eval "$(tconda shell.bash hook)"',
      `tconda ${name}${name === 'activate' ? ' myenv' : ''}`,
    ],
    run: () =>
      Promise.reject(
        new TcondaError('SHELL_NOT_INITIALIZED', `Run 'tconda init' before 'tconda ${name}'`, {
          hint: 'It counts in new shells; for this one alone: eval "$(tconda shell.bash hook)"',
        }),
      ),
  };
}

export const activate = placeholder('activate', 'Enter an environment');
export const deactivate = placeholder('deactivate', 'Leave the active environment');
