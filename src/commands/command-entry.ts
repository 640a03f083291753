import type { CommandSpec } from './command.ts';

/** Under which heading the help lists a command. */
export type CommandGroup = 'environments' | 'packages' | 'programs' | 'shells' | 'channels' | 'settings';

/** A command before it is loaded, or a group of them; or both, when what follows is none of the group. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly aliases?: readonly string[];
  readonly hidden?: boolean;
  /** Under which heading of the help it stands. */
  readonly group?: CommandGroup;
  readonly load?: () => Promise<CommandSpec>;
  readonly commands?: readonly CommandEntry[];
}
