import type { LoadedConfig } from '../config/index.ts';
import { updateStateVariables } from '../record/index.ts';
import { writeActivateFiles } from './activate-files.ts';
import type { CommandOutput, Context } from './command.ts';
import { checkVariable } from './environment-variables.ts';
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
  const { variables, pip } = wanted.environment;
  if (variables.size > 0) {
    const isUpper = config.get('envvars_force_uppercase');
    const named = [...variables].map(([name, value]): [string, string] => [
      checkVariable(isUpper ? name.toUpperCase() : name),
      value,
    ]);
    await updateStateVariables(config.targetPrefix, new Map(named));
    writeActivateFiles(config.targetPrefix, config, context.host);
  }
  if (pip.length === 0) return [];
  const { installWithPip } = await import('./install-with-pip.ts');
  return await installWithPip(pip, config, context);
}

/** A command's answer with what pip installed. */
export function withPipInstalled(result: CommandOutput, installed: readonly string[]): CommandOutput {
  if (installed.length === 0) return result;
  const json = result.json as { readonly actions?: object } | undefined;
  return { ...result, json: { ...json, actions: { ...json?.actions, PIP: installed } } };
}
