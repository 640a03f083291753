import { existsSync, readFileSync, realpathSync } from 'node:fs';

import { type LoadedConfig, prefixOfName } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import {
  activate,
  type Activation,
  applyActivation,
  deactivate,
  parseAutoFile,
  previousPrefix,
  type ShellState,
} from '../shell/index.ts';
import { activationSettings, loadState, type ShellContext } from './activation.ts';
import { isEnvironment } from './environment-place.ts';

/** The variables by which a shell knows what was activated for its folder. */
const FILE = '_TCONDA_AUTO_FILE';
const PREFIX = '_TCONDA_AUTO_PREFIX';

/**
 * What changes in a shell that came to another folder, in order: what an earlier folder activated goes, and what `file`
 * names comes. What a person activated in between stays. Never fails for what stands in the file: a shell must be able
 * to go anywhere.
 * @param file the `.tconda-env` or `.python-version` that holds for the folder; empty for none
 */
export async function autoActivate(
  file: string,
  shell: ShellState,
  config: LoadedConfig,
  context: ShellContext,
): Promise<readonly Activation[]> {
  const { host } = context;
  const settings = activationSettings(config, host);
  const changes: Activation[] = [];
  let state = shell;
  const add = (change: Activation): void => {
    changes.push(change);
    state = applyActivation(state, change);
  };
  const load = (prefix: string | undefined) =>
    prefix === undefined || prefix === '' ? undefined : loadState(prefix, config, host);

  const target = file === '' ? undefined : await findTarget(file, config, context);
  const automatic = state.env[PREFIX] ?? '';
  const isActive = automatic !== '' && automatic === state.env['CONDA_PREFIX'];
  if (isActive && automatic !== target) {
    add(deactivate(load(automatic), load(previousPrefix(state)), state, settings));
  }
  const isThere = target !== undefined && target === state.env['CONDA_PREFIX'];
  if (target !== undefined && !isThere) {
    const change = activate(
      loadState(target, config, host),
      load(state.env['CONDA_PREFIX']),
      false,
      state,
      settings,
    );
    add(change);
  }
  // What a person had activated is not ours to leave.
  const ours = target !== undefined && (!isThere || isActive) ? target : '';
  return [...changes, remembering(file, ours)];
}

/** Says what the shell shall know the next time; an empty file goes, so that children don't inherit it. */
function remembering(file: string, prefix: string): Activation {
  const all = [
    [FILE, file],
    [PREFIX, prefix],
  ] as const;
  return {
    path: undefined,
    isPathFirst: false,
    unset: all.filter(([, value]) => value === '').map(([name]) => name),
    set: new Map(),
    exports: new Map(all.filter(([, value]) => value !== '')),
    deactivateScripts: [],
    activateScripts: [],
    warnings: [],
  };
}

/** The environment the file names; undefined, with a word about it, when there is none or the file isn't trusted. */
async function findTarget(
  file: string,
  config: LoadedConfig,
  context: ShellContext,
): Promise<string | undefined> {
  const { host, warn } = context;
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    warn(`tconda: ${file}: ${error instanceof Error ? error.message : 'not readable'}`);
    return undefined;
  }
  const named = parseAutoFile(file, content, host.home);
  // A file of pyenv can name only what this user made, and mostly means something else.
  const isForeign = file.endsWith('.python-version');
  if (named.kind === 'none') {
    if (!isForeign) warn(`tconda: ${file} names no environment`);
    return undefined;
  }
  const wanted = named.kind === 'path' ? named.path : named.name;
  if (!isForeign && !(await isTrusted(file, content, wanted, context))) return undefined;
  const prefix = named.kind === 'path' ? named.path : findByName(named.name, config);
  if (prefix !== undefined && isEnvironment(prefix)) return prefix;
  if (!isForeign) {
    warn(`tconda: ${file} names an environment that is not there: ${visible(wanted)}`);
  }
  return undefined;
}

function findByName(name: string, config: LoadedConfig): string | undefined {
  try {
    return prefixOfName(name, config);
  } catch (error) {
    if (error instanceof TcondaError) return undefined;
    throw error;
  }
}

/** Activating runs code, and anyone may have written the file: what `tconda local` did not write is asked about once. */
async function isTrusted(
  file: string,
  content: string,
  wanted: string,
  context: ShellContext,
): Promise<boolean> {
  const { rememberTrust, trustOf } = await import('./trusted-files.ts');
  const { host } = context;
  const place = existsSync(file) ? realpathSync(file) : file;
  const trust = trustOf(place, content, host);
  if (trust !== 'unknown') return trust === 'trusted';
  const { input, errors } = host.terminal;
  if (!input || !errors) {
    context.warn(`tconda: ${file} is not trusted; to use it, run: tconda local --trust`);
    return false;
  }
  const message = `${visible(file)} asks for the environment '${visible(wanted)}'.\nActivating it runs its scripts. Trust this file`;
  const answer = await context.ask({ message, otherwise: false, unasked: 'no' });
  rememberTrust(place, content, answer, host);
  return answer;
}

/** Whoever wrote the file must not write on the terminal. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
