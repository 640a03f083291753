import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { sortByDependencies } from '../model/dependency-order.ts';
import type { Transaction } from '../model/transaction.ts';
import { unregisterEnvironment } from '../record/index.ts';
import { actionsToJson } from '../report/actions-json.ts';
import { sayPlan } from './change-plan.ts';
import type { CommandOutput, Context } from './command.ts';
import { checkDiscardable, discardEnvironment } from './discard-environment.ts';
import { checkNotFrozen, loadPrefixOf, notAnEnvironment } from './environment.ts';
import { environmentsFile } from './environments.ts';
import { lockOptions } from './lock-options.ts';
import { removeMenuEntries } from './menu-entries.ts';

/**
 * Deletes an environment with everything in it, after asking twice as conda does.
 * @throws {TcondaError} `PREFIX_NOT_FOUND`, `ENVIRONMENT_IN_USE`, `ENVIRONMENT_FROZEN`, and what {@link discardEnvironment} throws
 */
export async function removeEnvironment(config: LoadedConfig, context: Context): Promise<CommandOutput> {
  const { host } = context;
  const installed = await loadPrefixOf(config, context);
  const { prefix, records } = installed;
  if (prefix === config.get('root_prefix') || prefix === host.env['CONDA_PREFIX']) {
    throw new TcondaError(
      'ENVIRONMENT_IN_USE',
      `Cannot remove the base or the active environment: ${prefix}`,
    );
  }
  if (!installed.exists) throw notAnEnvironment(prefix);
  checkNotFrozen(prefix, config);

  if (!config.get('dry_run')) checkDiscardable(prefix);

  const unlinks = sortByDependencies(records)
    .toReversed()
    .map((remove) => ({ kind: 'unlink', remove }) as const);
  const transaction: Transaction = { prefix, operations: unlinks, unchanged: [] };
  const isDryRun = config.get('dry_run');
  const json = actionsToJson({ transaction, fetch: [], isDryRun });
  context.say('', `Remove all packages in environment ${prefix}:`, '');
  if (records.length > 0) {
    const plan = { transaction, added: [], removed: [], fetch: [] };
    sayPlan({ ...plan, showChannelUrls: undefined }, context);
  } else {
    context.say(`No packages found in ${prefix}. Continuing environment removal`);
  }
  if (isDryRun) return { kind: 'output', json, lines: [], notice: 'DryRunExit: Dry run. Exiting.' };
  if (!(await isConfirmed(prefix, records.length > 0, config, context))) {
    return { kind: 'output', json: { success: false }, lines: [], notice: 'CondaSystemExit: Exiting.' };
  }

  await removeMenuEntries(prefix, context);
  await discardEnvironment(installed, lockOptions(config, context));
  const problem = unregisterEnvironment(environmentsFile(host), prefix);
  if (problem !== undefined) context.warn(`warning: ${problem}`);
  return { kind: 'output', json, lines: [] };
}

async function isConfirmed(
  prefix: string,
  hasPackages: boolean,
  config: LoadedConfig,
  context: Context,
): Promise<boolean> {
  if (config.get('always_yes') === true || context.global.json) return true;
  const unasked = { act: `Removing the environment ${prefix}` };
  if (hasPackages && !(await context.ask({ message: 'Proceed', otherwise: true, unasked }))) return false;
  return context.ask({
    message:
      `Everything found within the environment (${prefix}), including any conda environment configurations and any ` +
      'non-conda files, will be deleted. Do you wish to continue?\n',
    otherwise: false,
    unasked,
  });
}
