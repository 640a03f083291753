import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { Context } from './command.ts';
import { checkNotFrozen, loadPrefixOf } from './environment.ts';

/** What is to be done with an environment that is there already; `ask` a person, with `-y` replace it. */
export type WhenThere = 'ask' | 'keep' | 'replace' | 'update';

/** Finds out, and asks if need be, what to do with what stands at the prefix. */
export async function clearPlace(
  config: LoadedConfig,
  context: Context,
  whenThere: WhenThere = 'ask',
): Promise<'free' | 'replace' | 'refused' | 'keep' | 'update'> {
  const { prefix, exists, isForeign } = await loadPrefixOf(config, context);
  const isYes = config.get('always_yes') === true;
  if (exists) {
    if (whenThere === 'keep') return 'keep';
    if (whenThere === 'update') {
      checkNotFrozen(prefix, config);
      return 'update';
    }
    if (prefix === config.get('root_prefix')) {
      throw new TcondaError('INVALID_VALUE', `${prefix} is the base environment and can't be replaced`);
    }
    if (config.get('dry_run')) {
      throw new TcondaError('INVALID_VALUE', 'Cannot `create --dry-run` with an existing conda environment');
    }
    checkNotFrozen(prefix, config);
    if (isYes || whenThere === 'replace') return 'replace';
    context.say(`WARNING: A conda environment already exists at '${prefix}'`, '');
    const message =
      'Remove existing environment?\nThis will remove ALL directories contained within this specified prefix ' +
      'directory, including any other conda environments.\n\n';
    const unasked = { act: `Replacing the environment ${prefix}` };
    return (await context.ask({ message, otherwise: false, unasked })) ? 'replace' : 'refused';
  }
  if (isForeign === true) {
    const { input, output } = context.host.terminal;
    // Only a person who sees the warning can want packages among files of something else.
    if (isYes || context.global.json || !input || !output) {
      throw new TcondaError(
        'PREFIX_NOT_AN_ENVIRONMENT',
        `${prefix} holds files that are not of an environment`,
      );
    }
    context.say(
      `WARNING: A directory already exists at the target location '${prefix}'`,
      'but it is not a conda environment.',
    );
    const message = 'Continue creating environment';
    return (await context.ask({ message, otherwise: false, unasked: 'no' })) ? 'free' : 'refused';
  }
  return 'free';
}
