import { existsSync } from 'node:fs';

import type { LoadedConfig } from '../config/index.ts';
import type { Host } from '../host/index.ts';
import { activate, type Activation, applyActivation, formatActivation, SHELLS } from '../shell/index.ts';
import { activationSettings, loadState, shellStateOf } from './activation.ts';
import type { CommandExec, Context } from './command.ts';

/**
 * How to start a program with the environment at `config.targetPrefix` active: its variables, its PATH, its scripts.
 * @param extra variables of the program, stronger than those of the environment and its scripts
 */
export function activatedProgram(
  words: readonly string[],
  config: LoadedConfig,
  context: Context,
  extra: ReadonlyMap<string, string> = new Map(),
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
  const env = { ...definedOf(applyActivation(shell, change).env), ...Object.fromEntries(extra) };
  return { ...commandOf(words, change, extra, host), env };
}

/** The program itself if the environment has no scripts; else a shell that runs them and becomes the program. */
function commandOf(
  words: readonly string[],
  change: Activation,
  extra: ReadonlyMap<string, string>,
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
  const exports = [...extra].map(([name, value]) => `${SHELLS.posix.export(name, value)}\n`).join('');
  const text = `${formatActivation(scriptsOf(change), 'posix', 'unix')}${exports}${last}\n`;
  return existsSync('/bin/bash')
    ? { file: '/bin/bash', args: ['--norc', '-c', text, 'bash', ...words] }
    : { file: '/bin/sh', args: ['-c', text, 'sh', ...words] };
}

/** The variables stand in the process's environment already, which others can't read as they can its arguments. */
function scriptsOf(change: Activation): Activation {
  if (change.deactivateScripts.length > 0) return change;
  return { ...change, path: undefined, unset: [], set: new Map(), exports: new Map() };
}

function definedOf(env: Host['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
