import {
  type Activation,
  type ActivationSettings,
  type EnvironmentState,
  shellLevel,
  type ShellState,
} from './activation.ts';
import { promptLevels, promptModifier, promptVariables } from './prompt.ts';
import { pathEntries, readPath, replaceEntries } from './search-path.ts';

/** Refreshes the active environment after packages changed: PATH, prompt, and its scripts once more. */
export function reactivate(
  active: EnvironmentState,
  shell: ShellState,
  settings: ActivationSettings,
): Activation {
  const entries = pathEntries(active, shell.platform);
  const modifier = promptModifier(active.prefix, promptLevels(shell, settings), shell, settings);
  return {
    path: replaceEntries(readPath(shell), entries, entries, shell.platform),
    isPathFirst: false,
    unset: [],
    set: promptVariables(modifier, shell, settings),
    exports: new Map([
      ['CONDA_SHLVL', String(shellLevel(shell.env))],
      ['CONDA_PROMPT_MODIFIER', modifier],
      ...settings.clientVariables,
    ]),
    deactivateScripts: active.deactivateScripts,
    activateScripts: active.activateScripts,
    warnings: [],
  };
}
