import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

import { configInputs, type LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import { writeFileAtomicSync } from '../io/atomic-file.ts';
import {
  activate,
  type Activation,
  enteringOf,
  formatStartFile,
  shellLevel,
  type ShellName,
  type ShellState,
  startFileExtension,
} from '../shell/index.ts';
import { activationSettings, loadState } from './activation.ts';
import { findActivationTarget } from './activation-target.ts';
import { isEnvironment } from './environment-place.ts';
import { stateFolder } from './state-folder.ts';

/**
 * Where a user's file for new shells of this kind and this root prefix lies; undefined for cmd.exe. It is the user's own,
 * as it comes of their settings.
 */
export function startFileOf(shell: ShellName, config: LoadedConfig, host: Host): string | undefined {
  const extension = startFileExtension(shell);
  if (extension === undefined) return undefined;
  const root = createHash('sha256').update(config.get('root_prefix')).digest('hex').slice(0, 8);
  return path.join(stateFolder(host), `start-${root}-${shell}${extension}`);
}

/** What changes in a shell at its start, for which the file is made anew. */
export function startShell(
  shell: ShellName,
  state: ShellState,
  config: LoadedConfig,
  host: Host,
): readonly Activation[] {
  writeStartFile(shell, config, host);
  const prefix = startPrefix(config, host);
  const isIn = shellLevel(host.env) > 0 && (host.env['CONDA_PREFIX'] ?? '') !== '';
  if (prefix === undefined || isIn) return [];
  const settings = activationSettings(config, host);
  return [activate(loadState(prefix, config, host), undefined, false, state, settings)];
}

/** Makes the file as the settings and the environment are now. Where it can't be written, new shells ask instead. */
export function writeStartFile(shell: ShellName, config: LoadedConfig, host: Host): void {
  const file = startFileOf(shell, config, host);
  if (file === undefined) return;
  const prefix = startPrefix(config, host);
  const platform = host.platform === 'win32' ? 'windows' : 'unix';
  const entering =
    prefix === undefined
      ? undefined
      : enteringOf(shell, loadState(prefix, config, host), activationSettings(config, host), platform);
  const text = formatStartFile(shell, { file, inputs: inputsOf(prefix, config, host), entering });
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileAtomicSync(file, text, { mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/** The environment that new shells enter; undefined for none. */
function startPrefix(config: LoadedConfig, host: Host): string | undefined {
  if (!config.get('auto_activate')) return undefined;
  try {
    const prefix = findActivationTarget(config.get('default_activation_env'), config, host);
    return isEnvironment(prefix) ? prefix : undefined;
  } catch (error) {
    if (error instanceof TcondaError) return undefined;
    throw error;
  }
}

function inputsOf(
  prefix: string | undefined,
  config: LoadedConfig,
  host: Host,
): Parameters<typeof formatStartFile>[1]['inputs'] {
  const { places, variables } = configInputs(
    [
      'auto_activate',
      'changeps1',
      'default_activation_env',
      'env_prompt',
      'envs_dirs',
      'envvars_force_uppercase',
      'root_prefix',
    ],
    config,
    host,
  );
  const base = prefix ?? config.get('root_prefix');
  const ofPrefix = ['conda-meta/history', 'conda-meta/state', 'etc/conda/activate.d', 'etc/conda/env_vars.d'];
  const all = [...places, ...ofPrefix.map((name) => path.join(base, name))];
  // The hook takes us out before it compares.
  const client = host.env['CONDA_EXE'] === host.program ? undefined : host.env['CONDA_EXE'];
  return {
    present: all.filter((file) => existsSync(file)),
    absent: all.filter((file) => !existsSync(file)),
    variables: new Map([
      ...variables.map((name): [string, string] => [name, host.env[name] ?? '']),
      ['CONDA_EXE', client ?? ''],
    ]),
  };
}
