import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { prefixOfName } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { nativeSubdir } from '../host/index.ts';
import { writeFileAtomicSync } from '../io/atomic-file.ts';
import { formatState, STATE_FILE } from '../record/index.ts';
import { formatActivationHint } from '../report/activation-hint.ts';
import { runChange } from './change.ts';
import { clearPlace, type WhenThere } from './clear-place.ts';
import type { CommandOutput, Context, OptionValues } from './command.ts';
import { warnOfDefaultArchives } from './default-packages.ts';
import { finishEnvironment, variablesOf, withPipInstalled } from './finish-environment.ts';
import { checkNewPrefix } from './new-prefix.ts';
import { isOff, isSet, readText } from './option-values.ts';
import { solverInput } from './solver-input.ts';
import { type LoadedWanted, loadWanted } from './wanted.ts';

/** What a new environment is to be made of. */
export interface Creation {
  /** Specs and archives of the command line. */
  readonly operands: readonly string[];
  readonly files: readonly string[];
  /** Whether it is `env create`, which shows its plan and does not ask. */
  readonly isOfFile?: boolean;
}

/** What `create` and `env create` do: an environment out of specs, archives and files, with all that the files say. */
export async function createEnvironment(
  { operands, files, isOfFile = false }: Creation,
  options: OptionValues,
  context: Context,
): Promise<CommandOutput> {
  const loaded = await loadWanted(operands, files, options, context, 'of-files');
  const { config, wanted, name, hasTarget } = loaded;
  checkTarget(loaded, isOfFile, options);
  const hasDefaults = !isOff(options, 'defaultPackages');
  if (hasDefaults) warnOfDefaultArchives(config, context);
  const defaults = hasDefaults ? {} : { createDefaultPackages: [] };
  const input = { ...defaults, ...solverInput(options) };
  if (hasTarget) checkNewPrefix(config.targetPrefix, context);
  const place = await clearPlace(config, context, whenThere(options));
  if (place === 'refused') return refused;
  if (place === 'keep') return kept(config.targetPrefix);
  const command = place === 'update' ? 'install' : 'create';
  const settings = platformSettings(readText(options, 'subdir'), context);
  const variables = variablesOf(wanted, config);
  const change = {
    command,
    wanted,
    input,
    isAsked: !isOfFile,
    replaces: place === 'replace',
    isNew: place === 'free',
    variables,
    ownFiles: new Map([
      ...(settings === undefined ? [] : [[SETTINGS, settings] as const]),
      ...(variables.size === 0 ? [] : [[STATE_FILE, formatState(variables)] as const]),
    ]),
  } as const;
  const result = await runChange(change, config, context);
  if (!isDone(result)) return result;
  if (settings !== undefined) keepSettings(path.join(config.targetPrefix, SETTINGS), settings);
  const installed = await finishEnvironment(wanted, config, context);
  const hint = context.global.quiet
    ? []
    : formatActivationHint(name ?? config.targetPrefix, context.columns !== undefined);
  return withPipInstalled({ ...result, lines: [...result.lines, ...hint] }, installed);
}

/** @throws {TcondaError} `USAGE` for more than one of the options */
function whenThere(options: OptionValues): WhenThere {
  const given = (['ifMissing', 'replace', 'updateExisting'] as const).filter((key) => isSet(options, key));
  if (given.length > 1) {
    throw new TcondaError('USAGE', 'only one of --if-missing, --replace and --update-existing can be given');
  }
  const [key] = given;
  return key === undefined ? 'ask' : WHEN_THERE[key];
}

const WHEN_THERE = { ifMissing: 'keep', replace: 'replace', updateExisting: 'update' } as const;

function kept(prefix: string): CommandOutput {
  const message = `The environment exists already: ${prefix}`;
  return { kind: 'output', json: { success: true, message }, lines: ['', `# ${message}`, ''] };
}

const SETTINGS = '.condarc';

/** An environment of another platform stays one: later commands find it in the environment's own settings. */
function platformSettings(subdir: string | undefined, context: Context): string | undefined {
  return subdir === undefined || subdir === nativeSubdir(context.host) ? undefined : `subdir: ${subdir}\n`;
}

/** Where something was before the environment, that is there still. */
function keepSettings(file: string, settings: string): void {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== settings) writeFileAtomicSync(file, settings);
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

function checkTarget(
  { name, hasTarget, wanted, config }: LoadedWanted,
  isOfFile: boolean,
  options: OptionValues,
): void {
  if (name === 'base' || name === 'root') {
    throw new TcondaError('INVALID_VALUE', `'${name}' is a reserved environment name`);
  }
  if (name !== undefined) prefixOfName(name, config);
  const isHarmless = isSet(options, 'dryRun') || isSet(options, 'downloadOnly');
  if (hasTarget || (isHarmless && !isOfFile)) return;
  throw new TcondaError(
    'USAGE',
    wanted.kind === 'specs' && wanted.environment !== undefined
      ? 'The environment file(s) do not specify a name or prefix. Please provide one via -n/--name or -p/--prefix.'
      : 'one of the arguments -n/--name -p/--prefix is required',
  );
}
