import path from 'node:path';

import { type ActivationSettings, shellLevel, type ShellState, variable } from './activation.ts';

/** One of the environments that are active over one another. */
export interface PromptLevel {
  readonly name: string;
  readonly isStacked: boolean;
}

/** How an environment is called: `base`, the folder's name if it lies in a folder `envs`, else the whole path. */
export function defaultEnvName(prefix: string, rootPrefix: string, platform: ShellState['platform']): string {
  const flavour = platform === 'windows' ? path.win32 : path.posix;
  if (prefix === rootPrefix) return 'base';
  return flavour.basename(flavour.dirname(prefix)) === 'envs' ? flavour.basename(prefix) : prefix;
}

/** The environments the shell is in, outermost first. */
export function promptLevels(shell: ShellState, settings: ActivationSettings): readonly PromptLevel[] {
  const depth = shellLevel(shell.env);
  return Array.from({ length: Math.max(0, depth) }, (_, index) => {
    const level = index + 1;
    const prefix = variable(shell.env, level === depth ? 'CONDA_PREFIX' : `CONDA_PREFIX_${level}`) ?? '';
    return {
      name: defaultEnvName(prefix, settings.rootPrefix, shell.platform),
      isStacked: variable(shell.env, `CONDA_STACKED_${level}`) !== undefined,
    };
  });
}

/** What is put before the prompt while `prefix` is active; empty when prompts are left alone. */
export function promptModifier(
  prefix: string,
  levels: readonly PromptLevel[],
  shell: ShellState,
  settings: ActivationSettings,
): string {
  if (!settings.changePs1) return '';
  const flavour = shell.platform === 'windows' ? path.win32 : path.posix;
  const visible: string[] = [];
  for (const level of levels) {
    if (!level.isStacked) visible.pop();
    visible.push(level.name);
  }
  const values: Readonly<Record<string, string>> = {
    default_env: defaultEnvName(prefix, settings.rootPrefix, shell.platform),
    stacked_env: visible.toReversed().join(','),
    prefix,
    name: flavour.basename(prefix),
  };
  // What stands in PS1 is expanded each time it is shown, and anyone may have named the folder.
  const shown = (value: string): string =>
    shell.promptVariable === 'PS1' ? value.replace(/[$`\\]/g, '?') : value;
  return settings.envPrompt.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : shown(value);
  });
}

/** The shell's prompt variable with the old modifier out and the new one in front. */
export function promptVariables(
  modifier: string,
  shell: ShellState,
  settings: ActivationSettings,
): ReadonlyMap<string, string> {
  const { env, promptVariable } = shell;
  if (!settings.changePs1 || promptVariable === undefined) return new Map();
  const prompt = env[promptVariable] ?? '';
  if (prompt.includes('POWERLINE_COMMAND')) return new Map();
  const old = variable(env, 'CONDA_PROMPT_MODIFIER');
  return new Map([[promptVariable, modifier + (old === undefined ? prompt : prompt.replaceAll(old, ''))]]);
}
