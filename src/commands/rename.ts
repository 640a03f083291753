import { existsSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import {
  isCopyOf,
  markAsCopy,
  removeCopyMark,
  settlePrefix,
  unregisterEnvironment,
} from '../record/index.ts';
import { copyTo, describeCopy, placeOf } from './clone-environment.ts';
import type { CommandSpec } from './command.ts';
import { checkDiscardable, discardEnvironment } from './discard-environment.ts';
import { checkNotFrozen, isEnvironment, loadPrefixOf, notAnEnvironment } from './environment.ts';
import { environmentsFile } from './environments.ts';
import { lockOptions } from './lock-options.ts';
import { moveMenuEntries, removeMenuEntries } from './menu-entries.ts';
import { checkNewPrefix } from './new-prefix.ts';
import { promptOptions, targetOptions } from './options.ts';
import { loadSettings } from './settings.ts';

export const rename: CommandSpec = {
  summary: 'Rename an environment',
  description:
    'Gives an environment another name or place. Every file that names the old one is changed, and the environment is ' +
    'complete at one of both places at any time.',
  operands: ['<destination>'],
  options: [
    targetOptions,
    promptOptions,
    {
      heading: 'Frozen environments',
      options: [{ flags: '--override-frozen', description: 'rename one that is marked as frozen' }],
    },
  ],
  examples: ['tconda rename -n old new', 'tconda rename -p ./env ./other'],
  async run([destination = ''], options, context) {
    const config = await loadSettings(options, context);
    const { host } = context;
    const from = config.targetPrefix;
    if (from === config.get('root_prefix')) throw refused("The 'base' environment cannot be renamed");
    if (from === host.env['CONDA_PREFIX']) throw refused('Cannot rename the active environment');
    const source = await loadPrefixOf(config, context);
    if (!source.exists) throw notAnEnvironment(from);
    checkNotFrozen(from, config);
    const to = placeOf(destination, config, context);
    if (
      to === config.get('root_prefix') ||
      to === from ||
      `${to}${path.sep}`.startsWith(`${from}${path.sep}`)
    ) {
      throw refused(`The environment cannot be renamed to '${to}'`);
    }
    checkNewPrefix(to, context);
    // An earlier one that was cut off made the copy.
    if (!config.get('dry_run')) await settlePrefix(to, context.report);
    const isCopied = isCopyOf(source, to);
    const isReplacing = isEnvironment(to);
    if (isReplacing && !isCopied && config.get('always_yes') !== true) {
      throw refused(`The environment '${to}' already exists. Override with --yes.`);
    }
    if (!isReplacing && existsSync(to)) {
      throw new TcondaError('PREFIX_NOT_AN_ENVIRONMENT', `${to} is there already and is no environment`);
    }
    if (isReplacing) checkNotFrozen(to, config);
    if (config.get('dry_run')) {
      const lines = [
        ...(isReplacing && !isCopied ? [`Dry run action: rm_rf ${to}`] : []),
        `Dry run action: clone ${from},${to}`,
        `Dry run action: rm_rf ${from}`,
      ];
      return {
        kind: 'output',
        json: { success: true, dry_run: true, src_prefix: from, dst_prefix: to },
        lines,
      };
    }
    checkDiscardable(from);
    const how = {
      files: 'shared',
      isReplacing,
      subdir: config.get('subdir'),
      complete: (directory: string) => markAsCopy(source, directory),
    } as const;
    const copied = isCopied ? { untracked: [] } : await copyTo(source, to, how, config, context);
    const had = await removeMenuEntries(from, context);
    await discardEnvironment(source, lockOptions(config, context));
    removeCopyMark(to);
    const problem = unregisterEnvironment(environmentsFile(host), from);
    if (had.size > 0) await moveMenuEntries(to, had, config, context);
    if (problem !== undefined) context.warn(`warning: ${problem}`);
    return describeCopy(source, to, copied);
  },
};

function refused(message: string): TcondaError {
  return new TcondaError('ENVIRONMENT_NOT_CHANGED', message);
}
