import type { CommandEntry } from './command-entry.ts';
import { CHANNELS } from './table/channels.ts';
import { ENVIRONMENTS } from './table/environments.ts';
import { HIDDEN } from './table/hidden.ts';
import { PACKAGES } from './table/packages.ts';
import { PROGRAMS } from './table/programs.ts';
import { SETTINGS } from './table/settings.ts';
import { SHELLS } from './table/shells.ts';

/** Every command, in the order of `--help`. Nothing of a command is loaded before it is chosen. */
export const COMMANDS: readonly CommandEntry[] = [
  ...ENVIRONMENTS,
  ...PACKAGES,
  ...PROGRAMS,
  ...SHELLS,
  ...CHANNELS,
  ...SETTINGS,
  ...HIDDEN,
];

/** Commands of this name are the shell's door: `shell.bash activate env`. */
export const SHELL_COMMAND = 'shell';

/** @returns the entry whose name or alias is `name` */
export function findCommand(entries: readonly CommandEntry[], name: string): CommandEntry | undefined {
  return entries.find((entry) => entry.name === name || entry.aliases?.includes(name));
}
