import { activatedProgram } from './activated-program.ts';
import { TcondaError } from '../errors.ts';
import type { CommandSpec } from './command.ts';
import { findPrefix } from './diff.ts';
import { isEnvironment, notAnEnvironment } from './environment.ts';
import { targetOptions } from './options.ts';
import { loadSettings } from './settings.ts';

export const subshell: CommandSpec = {
  summary: 'Start a shell in an environment',
  description:
    'Starts a new shell with an environment active, given by name or path. Leave it with exit. It needs no hook in this ' +
    'shell. With a subcommand (hook, activate, …) it prints code for shells instead.',
  operands: ['[environment]'],
  options: [targetOptions],
  examples: ['tconda shell myenv', 'tconda shell -p ./env'],
  async run([given], options, context) {
    if (given !== undefined && (options['name'] ?? options['prefix']) !== undefined) {
      throw new TcondaError(
        'USAGE',
        `-n and -p name the environment already, so '${given}' can't be another`,
      );
    }
    const first = await loadSettings(options, context);
    const config =
      given === undefined
        ? first
        : await loadSettings(options, context, {
            channels: [],
            overrideChannels: false,
            target: { prefix: findPrefix(given, first, context) },
          });
    if (!isEnvironment(config.targetPrefix)) throw notAnEnvironment(config.targetPrefix);
    const { env, platform } = context.host;
    const fallback = platform === 'win32' ? (env['COMSPEC'] ?? 'cmd.exe') : '/bin/sh';
    const program = platform === 'win32' ? fallback : (env['SHELL'] ?? fallback);
    return {
      kind: 'exec',
      ...activatedProgram([program, ...(platform === 'win32' ? [] : ['-i'])], config, context),
    };
  },
};
