import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { readStateVariables, updateStateVariables } from '../record/index.ts';
import { writeActivateFiles } from './activate-files.ts';
import type { CommandOutput, Context } from './command.ts';
import { checkVariable } from './environment-variables.ts';
import { lockOptions } from './lock-options.ts';
import type { Wanted } from './spec-files.ts';

/**
 * Gives an environment what its files ask for besides conda packages: variables, and what pip installs.
 * @returns what pip says it installed, `name-version`
 * @throws {TcondaError} `INVALID_VALUE` for a variable that none may set; `PIP_FAILED`
 */
export async function finishEnvironment(
  wanted: Wanted,
  config: LoadedConfig,
  context: Context,
): Promise<readonly string[]> {
  if (wanted.kind === 'explicit' || wanted.environment === undefined) return [];
  const { pip } = wanted.environment;
  const variables = variablesOf(wanted, config);
  const old = readStateVariables(config.targetPrefix);
  // What was made with them has them.
  if ([...variables].some(([name, value]) => old.get(name) !== value)) {
    await updateStateVariables(config.targetPrefix, variables, lockOptions(config, context));
    writeActivateFiles(config.targetPrefix, config, context.host);
  }
  if (pip.length === 0) return [];
  const { installWithPip } = await import('./install-with-pip.ts');
  try {
    return await installWithPip(pip, config, context);
  } catch (error) {
    // Who interrupts pip is to know what there is; errors have it for their hint.
    if (!(error instanceof TcondaError)) {
      context.warn(
        `note: the conda packages of ${config.targetPrefix} are installed; env update runs pip again`,
      );
    }
    throw error;
  }
}

/**
 * The variables that the files give an environment.
 * @throws {TcondaError} `INVALID_VALUE` for one that none may set
 */
export function variablesOf(wanted: Wanted, config: LoadedConfig): ReadonlyMap<string, string> {
  if (wanted.kind === 'explicit' || wanted.environment === undefined) return new Map();
  const isUpper = config.get('envvars_force_uppercase');
  return new Map(
    [...wanted.environment.variables].map(([name, value]) => [
      checkVariable(isUpper ? name.toUpperCase() : name),
      value,
    ]),
  );
}

/** A command's answer with what pip installed. */
export function withPipInstalled(result: CommandOutput, installed: readonly string[]): CommandOutput {
  if (installed.length === 0) return result;
  const json = result.json as { readonly actions?: object } | undefined;
  return { ...result, json: { ...json, actions: { ...json?.actions, PIP: installed } } };
}
