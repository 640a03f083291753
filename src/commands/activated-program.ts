import { existsSync } from 'node:fs';

import type { LoadedConfig } from '../config/index.ts';
import type { Host } from '../host/index.ts';
import { activate, type Activation, applyActivation, formatActivation, SHELLS } from '../shell/index.ts';
import { activationSettings, loadState, shellStateOf } from './activation.ts';
import type { CommandExec, Context } from './command.ts';

/** How to start a program with the environment at `config.targetPrefix` active: its variables, its PATH, its scripts. */
export function activatedProgram(
  words: readonly string[],
  config: LoadedConfig,
  context: Context,
): Pick<CommandExec, 'file' | 'args' | 'env'> {
  const { host } = context;
  const shell = shellStateOf(host, undefined);
  const active = host.env['CONDA_PREFIX'];
  const change = activate(
    loadState(config.targetPrefix, config, host),
    active === undefined || active === '' ? undefined : loadState(active, config, host),
    false,
    shell,
    activationSettings(config, host),
  );
  for (const warning of change.warnings) {
    if (context.global.verbosity > 0) context.warn(`warning: ${warning}`);
  }
  return { ...commandOf(words, change, host), env: definedOf(applyActivation(shell, change).env) };
}

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

function definedOf(env: Host['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
