import { UNSET_VARIABLE } from '../model/environment-variable.ts';
import {
  type Activation,
  type ActivationSettings,
  type EnvironmentState,
  shellLevel,
  type ShellState,
  variable,
} from './activation.ts';
import { defaultEnvName, promptLevels, promptModifier, promptVariables } from './prompt.ts';
import { reactivate } from './reactivate.ts';
import { addEntries, pathEntries, readPath, replaceEntries } from './search-path.ts';

/**
 * What must change in a shell so that `target` is active. The active environment is replaced, or with `isStacked` kept
 * behind it on PATH. Activating the active environment only refreshes it.
 * @param active what is active now
 */
export function activate(
  target: EnvironmentState,
  active: EnvironmentState | undefined,
  isStacked: boolean,
  shell: ShellState,
  settings: ActivationSettings,
): Activation {
  const { env, platform } = shell;
  const old = shellLevel(env);
  const current = variable(env, 'CONDA_PREFIX');
  if (old > 0 && current === target.prefix) return reactivate(target, shell, settings);

  const name = defaultEnvName(target.prefix, settings.rootPrefix, platform);
  const levels = [...promptLevels(shell, settings), { name, isStacked: isStacked && old > 0 }];
  const modifier = promptModifier(target.prefix, levels, shell, settings);
  const own = new Map([...target.variables].filter(([, value]) => value !== UNSET_VARIABLE));
  const overwritten = [...own].filter(([key]) => variable(env, key) !== undefined);
  const entries = pathEntries(target, platform);
  const isReplacing = old > 0 && current !== undefined && !isStacked;

  const exports = new Map<string, string>([
    ['CONDA_PREFIX', target.prefix],
    ['CONDA_SHLVL', String(old + 1)],
    ['CONDA_DEFAULT_ENV', name],
    ['CONDA_PROMPT_MODIFIER', modifier],
    ...own,
    ...overwritten.map(([key]): [string, string] => [`__CONDA_SHLVL_${old}_${key}`, env[key] ?? '']),
  ]);
  if (old > 0 && current !== undefined) exports.set(`CONDA_PREFIX_${old}`, current);
  if (old > 0 && isStacked) exports.set(`CONDA_STACKED_${old + 1}`, 'true');
  for (const [key, value] of settings.clientVariables) exports.set(key, value);

  return {
    path: isReplacing
      ? replaceEntries(
          readPath(shell),
          active === undefined ? [] : pathEntries(active, platform),
          entries,
          platform,
        )
      : addEntries(readPath(shell), entries, old > 0 ? undefined : settings.rootPrefix, platform),
    isPathFirst: false,
    unset: staleNames(own, overwritten, old, env),
    set: promptVariables(modifier, shell, settings),
    exports,
    deactivateScripts: isReplacing ? (active?.deactivateScripts ?? []) : [],
    activateScripts: target.activateScripts,
    warnings: [...target.warnings, ...overwriteWarnings(overwritten, env)],
  };
}

function overwriteWarnings(
  overwritten: readonly (readonly [string, string])[],
  env: ShellState['env'],
): readonly string[] {
  const changed = overwritten.filter(([key, value]) => env[key] !== value).map(([key]) => key);
  return changed.length === 0 ? [] : [`overwriting environment variables: ${changed.join(', ')}`];
}

/** Values kept by an earlier activation at this depth, which would come back wrongly when this one ends. */
function staleNames(
  own: ReadonlyMap<string, string>,
  overwritten: readonly (readonly [string, string])[],
  level: number,
  env: ShellState['env'],
): readonly string[] {
  const kept = new Set(overwritten.map(([key]) => key));
  return [...own.keys()]
    .filter((key) => !kept.has(key))
    .map((key) => `__CONDA_SHLVL_${level}_${key}`)
    .filter((key) => variable(env, key) !== undefined);
}
