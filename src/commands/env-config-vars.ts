import { TcondaError } from '../errors.ts';
import { readStateVariables, updateStateVariables } from '../record/index.ts';
import { writeActivateFiles } from './activate-files.ts';
import type { CommandOutput, CommandSpec, Context, OptionValues } from './command.ts';
import { isEnvironment, notAnEnvironment } from './environment.ts';
import { checkVariable } from './environment-variables.ts';
import { lockOptions } from './lock-options.ts';
import { targetOptions } from './options.ts';
import { loadSettings } from './settings.ts';

export const envConfigVarsList: CommandSpec = {
  summary: 'List the variables of an environment',
  examples: ['tconda env config vars list -n myenv'],
  options: [targetOptions],
  async run(_, options, context) {
    const config = await loadSettings(options, context);
    if (!isEnvironment(config.targetPrefix)) throw notAnEnvironment(config.targetPrefix);
    const variables = [...readStateVariables(config.targetPrefix)];
    return {
      kind: 'output',
      json: Object.fromEntries(variables),
      lines: variables.map(([name, value]) => `${name} = ${value}`),
    };
  },
};

export const envConfigVarsSet: CommandSpec = {
  summary: 'Set variables of an environment',
  operands: ['<assignments...>'],
  options: [targetOptions],
  examples: ['tconda env config vars set -n myenv DATA_DIR=/data'],
  async run(assignments, options, context) {
    const changes = assignments.map((text): [string, string] => {
      const at = text.indexOf('=');
      if (at < 1) throw new TcondaError('USAGE', `'${text}' is not NAME=VALUE`);
      return [text.slice(0, at).trim(), text.slice(at + 1)];
    });
    return change(changes, options, context);
  },
};

export const envConfigVarsUnset: CommandSpec = {
  summary: 'Unset variables of an environment',
  operands: ['<names...>'],
  options: [targetOptions],
  examples: ['tconda env config vars unset -n myenv DATA_DIR'],
  async run(names, options, context) {
    return change(
      names.map((name): [string, undefined] => [name.trim(), undefined]),
      options,
      context,
    );
  },
};

async function change(
  changes: readonly (readonly [name: string, value: string | undefined])[],
  options: OptionValues,
  context: Context,
): Promise<CommandOutput> {
  const config = await loadSettings(options, context);
  const prefix = config.targetPrefix;
  if (!isEnvironment(prefix)) throw notAnEnvironment(prefix);
  const isUpper = config.get('envvars_force_uppercase');
  const named = changes.map(([name, value]): [string, string | undefined] => [
    checkVariable(isUpper ? name.toUpperCase() : name),
    value,
  ]);
  await updateStateVariables(prefix, new Map(named), lockOptions(config, context));
  writeActivateFiles(prefix, config, context.host);
  const isActive = context.host.env['CONDA_PREFIX'] === prefix;
  return {
    kind: 'output',
    json: { success: true },
    lines: isActive ? ['To make your changes take effect please reactivate your environment'] : [],
  };
}
