import { TcondaError } from '../errors.ts';
import { UNSET_VARIABLE } from '../model/environment-variable.ts';
import {
  type Activation,
  type ActivationSettings,
  type EnvironmentState,
  NO_CHANGE,
  shellLevel,
  type ShellState,
  variable,
} from './activation.ts';
import { defaultEnvName, promptLevels, promptModifier, promptVariables } from './prompt.ts';
import { pathEntries, readPath, replaceEntries } from './search-path.ts';

/** The prefix that will be active after a deactivation; undefined when none will. */
export function previousPrefix(shell: ShellState): string | undefined {
  const level = shellLevel(shell.env);
  if (level <= 1 || variable(shell.env, 'CONDA_PREFIX') === undefined) return undefined;
  const previous = variable(shell.env, `CONDA_PREFIX_${level - 1}`);
  if (previous === undefined) {
    throw new TcondaError(
      'SHELL_STATE_INVALID',
      `CONDA_SHLVL is ${level}, but CONDA_PREFIX_${level - 1} is not set`,
    );
  }
  return previous;
}

/**
 * What must change in a shell so that the active environment is left: the one before it comes back, or none.
 * @param active what is active now; undefined changes nothing
 * @param previous what {@link previousPrefix} names
 */
export function deactivate(
  active: EnvironmentState | undefined,
  previous: EnvironmentState | undefined,
  shell: ShellState,
  settings: ActivationSettings,
): Activation {
  const { env, platform } = shell;
  const level = shellLevel(env);
  if (active === undefined || level < 1) return NO_CHANGE;

  const isStacked = variable(env, `CONDA_STACKED_${level}`) !== undefined;
  const levels = promptLevels(shell, settings).slice(0, -1);
  const modifier = previous === undefined ? '' : promptModifier(previous.prefix, levels, shell, settings);
  const saved = savedVariables(active, level - 1, env);
  const returning = previous !== undefined && !isStacked ? pathEntries(previous, platform) : [];

  const unset =
    previous === undefined
      ? ['CONDA_PREFIX', 'CONDA_DEFAULT_ENV', 'CONDA_PROMPT_MODIFIER']
      : [`CONDA_PREFIX_${level - 1}`, ...(isStacked ? [`CONDA_STACKED_${level}`] : [])];
  const gone = [...active.variables.keys()].filter((name) => !saved.has(name));

  return {
    path: replaceEntries(readPath(shell), pathEntries(active, platform), returning, platform),
    isPathFirst: true,
    unset: [...unset, ...gone],
    set: promptVariables(modifier, shell, settings),
    exports: new Map([
      ...(previous === undefined ? [] : returnVariables(previous, modifier, platform, settings)),
      ['CONDA_SHLVL', String(level - 1)],
      ...saved,
      ...settings.clientVariables,
    ]),
    deactivateScripts: active.deactivateScripts,
    activateScripts: previous?.activateScripts ?? [],
    warnings: [],
  };
}

function returnVariables(
  previous: EnvironmentState,
  modifier: string,
  platform: ShellState['platform'],
  settings: ActivationSettings,
): readonly (readonly [string, string])[] {
  return [
    ['CONDA_PREFIX', previous.prefix],
    ['CONDA_DEFAULT_ENV', defaultEnvName(previous.prefix, settings.rootPrefix, platform)],
    ['CONDA_PROMPT_MODIFIER', modifier],
    ...[...previous.variables].filter(([, value]) => value !== UNSET_VARIABLE),
  ];
}

/** What the environment's variables were before it was activated. */
function savedVariables(
  active: EnvironmentState,
  level: number,
  env: ShellState['env'],
): ReadonlyMap<string, string> {
  return new Map(
    [...active.variables.keys()].flatMap((name): [string, string][] => {
      const value = variable(env, `__CONDA_SHLVL_${level}_${name}`);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
