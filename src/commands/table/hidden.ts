import type { CommandEntry } from '../command-entry.ts';

/** Commands that programs call. */
export const HIDDEN: readonly CommandEntry[] = [
  {
    name: 'complete',
    summary: 'Print what a command line can go on with',
    hidden: true,
    load: async () => (await import('../complete.ts')).complete,
  },
  {
    name: 'commands',
    summary: 'List all commands, one a line',
    hidden: true,
    load: async () => (await import('../commands.ts')).commands,
  },
];
