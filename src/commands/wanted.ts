import type { LoadedConfig } from '../config/index.ts';
import type { Context, OptionValues } from './command.ts';
import { isSet, readText, readTexts } from './option-values.ts';
import { loadSettings } from './settings.ts';
import { readWanted, type Wanted } from './spec-files.ts';

/** What is wanted, and the settings that hold for it. */
export interface LoadedWanted {
  /** With the channels of the files, and the environment that they name if they may. */
  readonly config: LoadedConfig;
  readonly wanted: Wanted;
  /** What the environment is called by the command line, or else by a file. */
  readonly name: string | undefined;
  /** Whether the command line or a file says which environment. */
  readonly hasTarget: boolean;
}

/**
 * The settings, what operands and files ask for, and where.
 * @param target whether a file may name the environment when the command line doesn't
 */
export async function loadWanted(
  operands: readonly string[],
  files: readonly string[],
  options: OptionValues,
  context: Context,
  target: 'of-files' | 'of-options',
): Promise<LoadedWanted> {
  const config = await loadSettings(options, context);
  const wanted = await readWanted(operands, files, config, context);
  const name = readText(options, 'name');
  const isNamed = name !== undefined || readText(options, 'prefix') !== undefined;
  const environment = wanted.kind === 'specs' ? wanted.environment : undefined;
  if (environment === undefined) return { config, wanted, name, hasTarget: isNamed };

  const own = isNamed || target === 'of-options' ? undefined : environment;
  const isOverridden = isSet(options, 'overrideChannels');
  const channels = [...readTexts(options, 'channel'), ...(isOverridden ? [] : environment.channels)];
  const place = own?.name === undefined ? { prefix: own?.prefix } : { name: own.name };
  const inclusive = await loadSettings(options, context, {
    channels,
    overrideChannels: isOverridden || (environment.noDefaults && channels.length > 0),
    ...(own === undefined ? {} : { target: place }),
  });
  return {
    config: inclusive,
    wanted,
    name: name ?? own?.name,
    hasTarget: isNamed || own?.name !== undefined || own?.prefix !== undefined,
  };
}
