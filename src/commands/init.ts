import { existsSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { INIT_SHELLS, systemFiles } from '../shell/index.ts';
import type { CommandOutput, CommandSpec, Context, OptionGroup, OptionValues } from './command.ts';
import { initShells, PLAIN } from './init-shells.ts';
import { isSet, readText } from './option-values.ts';
import { promptOptions } from './options.ts';
import { loadSettings } from './settings.ts';

const initOptions: OptionGroup = {
  heading: 'Shells',
  options: [
    { flags: '--all', description: 'all shells that tconda knows on this platform' },
    { flags: '--reverse', description: 'take out what init put in' },
    { flags: '--alias-conda', isOwn: true, description: 'let conda be another name for tconda' },
    { flags: '--system', description: 'for all users, too: start files in /etc' },
    { flags: '--user', description: 'for this user', hidden: true, noEffect: 'it is the default' },
    { flags: '--no-user', description: 'not for this user; with --system' },
    {
      flags: '--system-root <folder>',
      isOwn: true,
      description: 'with --system: what stands for /, to prepare an image',
    },
    {
      flags: '--condabin',
      description: 'only put the program on PATH, without the hook',
    },
    { flags: '--dev', description: 'nothing', hidden: true, noEffect: 'it is for work on conda itself' },
    {
      flags: '--anaconda-prompt',
      description: 'nothing',
      hidden: true,
      noEffect: 'no desktop icons are made',
    },
    { flags: '--install', description: 'nothing', hidden: true, noEffect: 'installers of conda use it' },
  ],
};

export const init: CommandSpec = {
  summary: 'Prepare shells for activate',
  description:
    'Puts a block into the start files of shells, so that activate works in them. Starting a shell then runs no program: ' +
    'the block reads a file below the root prefix. Everything else in the start files stays as it is. Without a name it ' +
    'is for the shell of SHELL.',
  operands: ['[shells...]'],
  options: [initOptions, promptOptions],
  examples: [
    'tconda init',
    'tconda init zsh fish',
    'tconda init --reverse --all',
    'tconda init --system --no-user bash',
  ],
  async run(operands, options, context) {
    const config = await loadSettings(options, context);
    const systemRoot = readText(options, 'systemRoot');
    const isForSystem = isSet(options, 'system');
    if (systemRoot !== undefined && !isForSystem) {
      throw new TcondaError('USAGE', '--system-root is for --system');
    }
    const choice = {
      isReversed: isSet(options, 'reverse'),
      isCondaToo: isSet(options, 'aliasConda'),
      isCondabin: isSet(options, 'condabin'),
      isForUser: options['user'] !== false,
      isForSystem,
      systemRoot: path.resolve(context.host.cwd, systemRoot ?? '/'),
    };
    const isAll = isSet(options, 'all');
    const shells = chooseShells(operands, isAll, context);
    if (isForSystem && !isAll) checkSystemFiles(shells, choice.systemRoot, context);
    return initShells(new Map(shells.map((shell) => [shell, choice])), config, context);
  },
};

/** What stands in front of `init` for users of micromamba: `shell init -s bash`, `shell deinit -s bash`. */
export async function initShell(
  shell: string | undefined,
  isReversed: boolean,
  options: OptionValues,
  context: Context,
): Promise<CommandOutput> {
  const config = await loadSettings(options, context);
  const shells = chooseShells(shell === undefined ? [] : [shell], false, context);
  const choice = { ...PLAIN, isReversed };
  return initShells(new Map(shells.map((one) => [one, choice])), config, context);
}

const SAME_AS: Readonly<Record<string, string>> = {
  csh: 'tcsh',
  pwsh: 'powershell',
  nu: 'nushell',
  sh: 'posix',
  dash: 'posix',
  ash: 'posix',
};

function chooseShells(names: readonly string[], isAll: boolean, { host }: Context): readonly string[] {
  const isWindows = host.platform === 'win32';
  if (isAll) return Object.keys(INIT_SHELLS).filter((name) => isWindows || name !== 'cmd.exe');
  if (names.length === 0) {
    if (isWindows) return ['cmd.exe', 'powershell'];
    const login = path.posix.basename(host.env['SHELL'] ?? '');
    const known = SAME_AS[login] ?? login;
    return [Object.hasOwn(INIT_SHELLS, known) ? known : 'bash'];
  }
  return [...new Set(names.map((name) => SAME_AS[name] ?? name))].map((name) => {
    if (!Object.hasOwn(INIT_SHELLS, name)) {
      throw new TcondaError('USAGE', `argument SHELLS: invalid choice: '${name}'`, {
        hint: `Choose from ${Object.keys(INIT_SHELLS).join(', ')}`,
      });
    }
    if (name === 'cmd.exe' && !isWindows) {
      throw new TcondaError('INVALID_VALUE', 'cmd.exe can be prepared on Windows only');
    }
    return name;
  });
}

/** @throws {TcondaError} `INVALID_VALUE` for a shell that reads nothing for all users on this machine */
function checkSystemFiles(shells: readonly string[], systemRoot: string, { host }: Context): void {
  const machine = { ...host, exists: existsSync };
  const isKnown = (shell: string): boolean =>
    shell === 'cmd.exe' || systemFiles(shell, machine, systemRoot).length > 0;
  const missing = shells.find((shell) => !isKnown(shell));
  if (missing === undefined) return;
  throw new TcondaError('INVALID_VALUE', `${missing} has no start file for all users here`, {
    hint: `Each user can run: tconda init ${missing}`,
  });
}
