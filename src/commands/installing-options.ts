import type { OptionGroup, OptionSpec } from './command.ts';
import { micromambaChannelOptions, micromambaLinkOptions } from './micromamba-options.ts';
import {
  channelOptions,
  displayOptions,
  linkOptions,
  networkOptions,
  platformOptions,
  promptOptions,
} from './options.ts';
import { solverOptions } from './solver-options.ts';

/** Of every command that installs: where packages come from, how they are chosen and linked, what is shown and asked. */
export const installingOptions: readonly OptionGroup[] = [
  platformOptions,
  channelOptions,
  solverOptions,
  linkOptions,
  micromambaChannelOptions,
  micromambaLinkOptions,
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
  force: {
    flags: '--force',
    description: 'nothing',
    hidden: true,
    noEffect: 'it has none in conda either',
  },
  unknown: {
    flags: '--unknown',
    description: 'nothing',
    hidden: true,
    noEffect: 'it has none in conda either',
  },
} as const;

const NOTHING_YET = { description: 'nothing', hidden: true, noEffect: 'a new environment holds nothing yet' };

/** Of `create` and `env create`. */
export const creationOptions: readonly OptionSpec[] = [
  { flags: '--no-default-packages', description: 'leave out create_default_packages' },
  { flags: '--prune', ...NOTHING_YET },
  { flags: '--freeze-installed', isOwn: true, ...NOTHING_YET },
  { flags: '--force-reinstall', isOwn: true, ...NOTHING_YET },
  idleOptions.forcePscheck,
  idleOptions.unknown,
  idleOptions.force,
];

/** Of `install` and `update`. */
export const changingOptions: OptionGroup = {
  heading: 'Which packages',
  options: [
    { flags: '-a, --update-all', aliases: ['--all'], description: 'update everything that is installed' },
    {
      flags: '--prune',
      description: 'remove what nobody asks for any more',
      aliases: ['--prune-deps'],
      hidden: true,
    },
    idleOptions.forcePscheck,
    idleOptions.unknown,
    idleOptions.force,
    idleOptions.dev,
  ],
};

/** Groups that conda does not have at this command, but for the options `ofConda` names. */
export function ownGroups(
  groups: readonly OptionGroup[],
  ofConda = (_flags: string): boolean => false,
): readonly OptionGroup[] {
  return groups.map((group) => ({
    ...group,
    options: group.options.map((option) => (ofConda(option.flags) ? option : { ...option, isOwn: true })),
  }));
}

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
