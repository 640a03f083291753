import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { type LoadedConfig, prefixOfName } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { nativeSubdir } from '../host/index.ts';
import { formatActivationHint } from '../report/activation-hint.ts';
import { runChange } from './change.ts';
import type { CommandOutput, CommandSpec, Context, OptionGroup, OptionValues } from './command.ts';
import { checkNotFrozen, loadPrefixOf } from './environment.ts';
import { isOff, isSet, readText, readTexts } from './option-values.ts';
import {
  channelOptions,
  displayOptions,
  fileOptions,
  linkOptions,
  networkOptions,
  platformOptions,
  promptOptions,
  solverOptions,
  targetOptions,
} from './options.ts';
import { withPrefixAside } from './prefix-aside.ts';
import { loadSettings } from './settings.ts';
import { readWanted } from './spec-files.ts';

const createOptions: OptionGroup = {
  heading: 'Creation',
  options: [
    { flags: '--no-default-packages', description: 'leave out create_default_packages' },
    { flags: '--clone <environment>', description: 'copy an environment', refused: 'it is not built yet' },
    {
      flags: '--format <format>',
      description: 'of --file',
      hidden: true,
      aliases: ['--environment-specifier', '--env-spec'],
      noEffect: 'files are told apart by their content',
    },
    { flags: '--dev', description: 'nothing', hidden: true, noEffect: 'it is for work on conda itself' },
  ],
};

export const create: CommandSpec = {
  summary: 'Create an environment',
  description: 'Creates an environment and installs packages into it. Without packages it is empty.',
  operands: ['[specs...]'],
  options: [
    targetOptions,
    fileOptions,
    createOptions,
    platformOptions,
    channelOptions,
    solverOptions,
    linkOptions,
    networkOptions,
    displayOptions,
    promptOptions,
  ],
  examples: [
    'tconda create -n myenv python=3.12 numpy',
    'tconda create -p ./env -c conda-forge "zlib>=1.3"',
    'tconda create -n copy --file explicit.txt',
  ],
  async run(operands, options, context) {
    const name = readText(options, 'name');
    const config = await loadSettings(options, context);
    checkTarget(name, options, config);
    const wanted = readWanted(operands, readTexts(options, 'file'), config, context.host);
    const input = isOff(options, 'defaultPackages') ? { createDefaultPackages: [] } : {};
    const change = (): Promise<CommandOutput> =>
      runChange({ command: 'create', wanted, input }, config, context);

    const place = await clearPlace(config, context);
    if (place === 'refused') return refused;
    const isReplacing = place === 'replace';
    const result = isReplacing ? await withPrefixAside(config.targetPrefix, change, isDone) : await change();
    if (!isDone(result)) return result;
    rememberPlatform(readText(options, 'subdir'), config, context);
    if (context.global.quiet) return result;
    return { ...result, lines: [...result.lines, ...formatActivationHint(name ?? config.targetPrefix)] };
  },
};

/** An environment of another platform stays one: later commands find it in the environment's own settings. */
function rememberPlatform(subdir: string | undefined, config: LoadedConfig, context: Context): void {
  if (subdir === undefined || subdir === nativeSubdir(context.host)) return;
  writeFileSync(path.join(config.targetPrefix, '.condarc'), `subdir: ${subdir}\n`);
}

const refused: CommandOutput = {
  kind: 'output',
  json: { success: false },
  lines: [],
  notice: 'CondaSystemExit: Exiting.',
};

/** Whether the environment stands now; a plan and a refusal leave everything as it was. */
function isDone(result: CommandOutput): boolean {
  return result.notice === undefined;
}

function checkTarget(name: string | undefined, options: OptionValues, config: LoadedConfig): void {
  if (name === 'base' || name === 'root') {
    throw new TcondaError('INVALID_VALUE', `'${name}' is a reserved environment name`);
  }
  if (name !== undefined) prefixOfName(name, config);
  const isHarmless = isSet(options, 'dryRun') || isSet(options, 'downloadOnly');
  if (name === undefined && readText(options, 'prefix') === undefined && !isHarmless) {
    throw new TcondaError('USAGE', 'one of the arguments -n/--name -p/--prefix is required');
  }
}

/** Asks what to do with what stands at the prefix. */
async function clearPlace(config: LoadedConfig, context: Context): Promise<'free' | 'replace' | 'refused'> {
  const { prefix, exists, isForeign } = await loadPrefixOf(config, context);
  const isYes = config.get('always_yes') === true;
  if (exists) {
    if (prefix === config.get('root_prefix')) {
      throw new TcondaError('INVALID_VALUE', `${prefix} is the base environment and can't be replaced`);
    }
    if (config.get('dry_run')) {
      throw new TcondaError('INVALID_VALUE', 'Cannot `create --dry-run` with an existing conda environment');
    }
    checkNotFrozen(prefix, config);
    context.say(`WARNING: A conda environment already exists at '${prefix}'`, '');
    const message =
      'Remove existing environment?\nThis will remove ALL directories contained within this specified prefix ' +
      'directory, including any other conda environments.\n\n';
    return isYes || (await context.ask({ message, otherwise: false })) ? 'replace' : 'refused';
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
    return (await context.ask({ message, otherwise: false })) ? 'free' : 'refused';
  }
  return 'free';
}
