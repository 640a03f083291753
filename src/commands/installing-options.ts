import type { OptionGroup } from './command.ts';
import {
  channelOptions,
  displayOptions,
  linkOptions,
  networkOptions,
  platformOptions,
  promptOptions,
  solverOptions,
} from './options.ts';

/** Of every command that installs: where packages come from, how they are chosen and linked, what is shown and asked. */
export const installingOptions: readonly OptionGroup[] = [
  platformOptions,
  channelOptions,
  solverOptions,
  linkOptions,
  networkOptions,
  displayOptions,
  promptOptions,
];

/** conda's own, which change nothing here, by their names. */
export const idleOptions = {
  dev: { flags: '--dev', description: 'nothing', hidden: true, noEffect: 'it is for work on conda itself' },
  forcePscheck: {
    flags: '--force-pscheck',
    description: 'nothing',
    hidden: true,
    noEffect: 'files in use are no hindrance',
  },
  unknown: {
    flags: '--unknown',
    description: 'nothing',
    hidden: true,
    noEffect: 'it has none in conda either',
  },
} as const;

/** Of `create` and `env create`. */
export const defaultPackagesOption = {
  flags: '--no-default-packages',
  description: 'leave out create_default_packages',
} as const;

/** Of `install` and `update`. */
export const changingOptions: OptionGroup = {
  heading: 'Which packages',
  options: [
    { flags: '--update-all', aliases: ['--all'], description: 'update everything that is installed' },
    { flags: '--prune', description: 'remove what nobody asks for any more', hidden: true },
    idleOptions.forcePscheck,
    idleOptions.unknown,
    idleOptions.dev,
  ],
};

/** The group, taken by a command for which it has no meaning: conda has it there. */
export function idleGroup(
  group: OptionGroup,
  noEffect: string,
  isIdle = (_flags: string): boolean => true,
): OptionGroup {
  return {
    ...group,
    options: group.options.map((option) =>
      isIdle(option.flags) ? { ...option, hidden: true, noEffect } : option,
    ),
  };
}
