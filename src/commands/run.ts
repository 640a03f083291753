import { existsSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import { activate, type Activation, formatActivation, SHELLS } from '../shell/index.ts';
import { activationSettings, loadState, shellStateOf } from './activation.ts';
import type { CommandExec, CommandSpec, OptionGroup } from './command.ts';
import { isEnvironment, notAnEnvironment } from './environment.ts';
import { readText, readTexts } from './option-values.ts';
import { targetOptions } from './options.ts';
import { loadSettings } from './settings.ts';

const runOptions: OptionGroup = {
  heading: 'Program',
  options: [
    { flags: '--cwd <folder>', description: 'folder to run it in' },
    { flags: '-e, --env <name=value>', description: 'set a variable for it; may be repeated', repeat: true },
    {
      flags: '-s, --no-capture-output',
      description: 'pass output on as it comes',
      aliases: ['--live-stream'],
      noEffect: 'output is never held back',
    },
    { flags: '--debug-wrapper-scripts', description: 'nothing', hidden: true, noEffect: 'there are none' },
    { flags: '--dev', description: 'nothing', hidden: true, noEffect: 'it is for work on conda itself' },
  ],
};

export const run: CommandSpec = {
  summary: 'Run a program in an environment',
  description:
    'Runs a program with the environment active: its variables, its PATH and its activation scripts. The program has ' +
    'this terminal, and its exit code is that of the command. Options behind its name are its own.',
  operands: ['[program]', '[args...]'],
  options: [targetOptions, runOptions],
  examples: ['tconda run -n myenv python -c "import numpy"', 'tconda run -p ./env --cwd /data -- make -j4'],
  passThrough: true,
  async run([program, ...args], options, context) {
    if (program === undefined) {
      throw new TcondaError('USAGE', 'No command specified. Please provide a command to run');
    }
    const { host } = context;
    const config = await loadSettings(options, context);
    const prefix = config.targetPrefix;
    if (!isEnvironment(prefix)) throw notAnEnvironment(prefix);
    const shell = shellStateOf(host, undefined);
    const active = host.env['CONDA_PREFIX'];
    const change = activate(
      loadState(prefix, config, host),
      active === undefined || active === '' ? undefined : loadState(active, config, host),
      false,
      shell,
      activationSettings(config, host),
    );
    for (const warning of change.warnings) {
      if (context.global.verbosity > 0) context.warn(`warning: ${warning}`);
    }
    const cwd = readText(options, 'cwd');
    const extra = readTexts(options, 'env').map(parseAssignment);
    return {
      kind: 'exec',
      ...commandOf([program, ...args], change, host),
      env: { ...environmentAfter(host, change), ...Object.fromEntries(extra) },
      ...(cwd === undefined ? {} : { cwd: path.resolve(host.cwd, cwd) }),
    };
  },
};

/** The program itself if the environment has no scripts; else a shell that runs them and becomes the program. */
function commandOf(
  words: readonly string[],
  change: Activation,
  host: Host,
): Pick<CommandExec, 'file' | 'args'> {
  const [file = '', ...args] = words;
  if (host.platform === 'win32') return { file, args };
  const scripts = [...change.deactivateScripts, ...change.activateScripts].filter((script) =>
    script.endsWith(SHELLS.posix.scriptExtension),
  );
  const isScript = args.length === 0 && file.includes('\n');
  if (scripts.length === 0 && !isScript) return { file, args };
  const last = isScript ? file : 'exec "$@"';
  const text = `${formatActivation(change, 'posix', 'unix')}${last}\n`;
  return existsSync('/bin/bash')
    ? { file: '/bin/bash', args: ['--norc', '-c', text, 'bash', ...words] }
    : { file: '/bin/sh', args: ['-c', text, 'sh', ...words] };
}

/** The process's environment with the change applied; scripts are not run. */
function environmentAfter(host: Host, change: Activation): Record<string, string> {
  const gone = new Set(change.unset);
  const kept = Object.entries(host.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !gone.has(entry[0]),
  );
  const separator = host.platform === 'win32' ? ';' : ':';
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(change.exports),
    ...(change.path === undefined ? {} : { PATH: change.path.join(separator) }),
  };
}

function parseAssignment(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new TcondaError('USAGE', `--env: '${text}' is not NAME=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}
