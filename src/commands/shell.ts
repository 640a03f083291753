import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { type ConfigFlags, loadConfig, type LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import {
  activate,
  type Activation,
  activationToJson,
  answerNushell,
  deactivate,
  findShell,
  formatActivations,
  previousPrefix,
  reactivate,
  shellLevel,
  type ShellName,
  SHELLS,
  type ShellState,
} from '../shell/index.ts';
import {
  activationSettings,
  clientVariables,
  loadState,
  type ShellContext,
  shellStateOf,
} from './activation.ts';
import { findActivationTarget } from './activation-target.ts';
import type { CommandOutput } from './command.ts';
import { isEnvironment } from './environment-place.ts';

/**
 * Answers a shell function: `tconda shell.bash activate myenv`. What it prints is code for that shell; with `+json`
 * behind the shell's name it is data, and with `+file` the name of a new file that holds the code.
 * @throws {TcondaError} `SHELL_UNKNOWN`, `USAGE`, `ENVIRONMENT_NAME_NOT_FOUND`, `PREFIX_NOT_FOUND`
 */
export async function runShellCommand(
  shellText: string,
  args: readonly string[],
  context: ShellContext,
  flags: ConfigFlags = {},
): Promise<CommandOutput> {
  const [, name = '', form] = /^(.*?)(\+json|\+file)?$/.exec(shellText) ?? [];
  const shell = findShell(name);
  if (shell === undefined) {
    throw new TcondaError('SHELL_UNKNOWN', `${shellText} is not a supported shell`);
  }
  const [command, ...rest] = args;
  const config = await loadConfig(context.host, flags);
  if (command === 'hook') return output(await hook(shell, rest, config, context));
  if (command === 'commands') return output('activate\ndeactivate\nhook\nreactivate\n');

  const state = shellStateOf(context.host, SHELLS[shell].promptVariable);
  const changes = await changesOf(command, rest, { shell, state }, config, context);
  for (const warning of changes.flatMap(({ warnings }) => warnings)) context.warn(`warning: ${warning}`);
  if (form === '+json') {
    return output(
      changes.map((change) => JSON.stringify(activationToJson(change, shell), null, 2)).join('\n'),
    );
  }
  const code =
    shell === 'nushell'
      ? answerToNushell(changes, state, context)
      : formatActivations(changes, shell, state.platform);
  const isFile = form === '+file' || shell === 'cmd.exe';
  return output(isFile && code !== '' ? await writeCode(code, context) : code);
}

function answerToNushell(changes: readonly Activation[], state: ShellState, context: ShellContext): string {
  const { env, platform, runtime } = context.host;
  const nushell = env['_TCONDA_NU'] ?? 'nu';
  // Windows has no shell for the scripts of sh.
  const programs = runtime === undefined || platform === 'win32' ? undefined : { runtime, nushell };
  const { text, warnings } = answerNushell(changes, state, programs);
  for (const warning of warnings) context.warn(`warning: ${warning}`);
  return text;
}

async function changesOf(
  command: string | undefined,
  args: readonly string[],
  { shell, state }: { readonly shell: ShellName; readonly state: ShellState },
  config: LoadedConfig,
  context: ShellContext,
): Promise<readonly Activation[]> {
  switch (command) {
    case 'auto':
      return (await import('./auto-activate.ts')).autoActivate(args[0] ?? '', state, config, context);
    case 'start':
      return (await import('./start-file.ts')).startShell(shell, state, config, context.host);
    case undefined:
    default:
      if ((command === 'activate' || command === 'deactivate') && isHelp(args)) {
        // The shell evaluates what stands on standard output.
        context.warn(USAGE[command]);
        return [];
      }
      return [changeOf(command, args, state, config, context)];
  }
}

const USAGE = {
  activate:
    'usage: tconda activate [--stack | --no-stack] [environment]\n\n' +
    'Enter an environment, given by name or path; without one, that of default_activation_env.\n\n' +
    '  --stack     keep the active environment behind the new one\n' +
    '  --no-stack  replace the active environment',
  deactivate:
    'usage: tconda deactivate\n\nLeave the active environment: the one before it comes back, or none.',
} as const;

function isHelp(args: readonly string[]): boolean {
  return args.some((argument) => argument === '-h' || argument === '--help');
}

function changeOf(
  command: string | undefined,
  args: readonly string[],
  state: ShellState,
  config: LoadedConfig,
  context: ShellContext,
): Activation {
  const { host } = context;
  const settings = activationSettings(config, host);
  const prefix = host.env['CONDA_PREFIX'];
  const active = prefix === undefined || prefix === '' ? undefined : loadState(prefix, config, host);
  switch (command) {
    case 'activate': {
      const { target, isStacked } = readActivateArguments(args, state, config);
      const found = loadState(findActivationTarget(target, config, host), config, host);
      return activate(found, active, isStacked, state, settings);
    }
    case 'deactivate': {
      refuseArguments('deactivate', args);
      const previous = previousPrefix(state);
      const back = previous === undefined ? undefined : loadState(previous, config, host);
      return deactivate(active, back, state, settings);
    }
    case 'reactivate':
      refuseArguments('reactivate', args);
      return active === undefined || shellLevel(host.env) < 1
        ? deactivate(undefined, undefined, state, settings)
        : reactivate(active, state, settings);
    case undefined:
    default:
      throw new TcondaError(
        'USAGE',
        "'activate', 'deactivate', 'hook', 'commands', or 'reactivate' command must be given",
      );
  }
}

function readActivateArguments(
  args: readonly string[],
  state: ShellState,
  config: LoadedConfig,
): { readonly target: string; readonly isStacked: boolean } {
  const names = args.filter((argument) => !argument.startsWith('-') && argument !== '');
  const flags = args.filter((argument) => argument.startsWith('-'));
  // conda has --dev for work on itself.
  const unknown = flags.find((flag) => !['--stack', '--no-stack', '--dev'].includes(flag));
  if (unknown !== undefined) throw new TcondaError('USAGE', `activate does not know ${unknown}`);
  if (names.length > 1) refuseArguments('activate', names);
  if (flags.includes('--stack') && flags.includes('--no-stack')) {
    throw new TcondaError('USAGE', '--stack and --no-stack contradict each other');
  }
  const autoStack = config.get('auto_stack');
  const isAuto = autoStack > 0 && shellLevel(state.env) <= autoStack;
  return {
    target: names[0] ?? config.get('default_activation_env'),
    isStacked: flags.includes('--stack') || (isAuto && !flags.includes('--no-stack')),
  };
}

function refuseArguments(command: string, args: readonly string[]): void {
  if (args.length === 0) return;
  const most = command === 'activate' ? 'more than one argument' : 'arguments';
  throw new TcondaError('USAGE', `${command} does not accept ${most}: ${args.join(' ')}`);
}

async function hook(
  shell: ShellName,
  args: readonly string[],
  config: LoadedConfig,
  { host }: ShellContext,
): Promise<string> {
  const { hookFolder, hookOf, writeIfOther } = await import('./shell-hook.ts');
  const target = config.get('default_activation_env');
  const isThere = target !== 'base' || isEnvironment(config.get('root_prefix'));
  const { text, files } = hookOf(
    shell,
    {
      clientVariables: clientVariables(config, host),
      isCondaToo: args.includes('--alias-conda'),
      activate: config.get('auto_activate') && isThere ? target : undefined,
    },
    config,
    host,
  );
  const folder = hookFolder(shell, config, host);
  for (const [name, content] of files) writeIfOther(path.join(folder, name), content);
  return text;
}

/** For shells that read code from a file; of cmd.exe it holds `KEY=VALUE` lines. */
async function writeCode(code: string, { host }: ShellContext): Promise<string> {
  const { randomUUID } = await import('node:crypto');
  const file = path.join(host.tmpdir, `tconda-${randomUUID()}.env`);
  writeFileSync(file, code, { mode: 0o600, flag: 'wx' });
  return file;
}

function output(text: string): CommandOutput {
  return {
    kind: 'output',
    json: { success: true, code: text },
    lines: text === '' ? [] : [text.replace(/\n$/, '')],
  };
}
