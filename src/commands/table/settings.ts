import type { CommandEntry } from '../command-entry.ts';

/** Commands about tconda itself. */
export const SETTINGS: readonly CommandEntry[] = [
  {
    name: 'info',
    group: 'settings',
    summary: 'Show what tconda knows of this machine and its settings',
    load: async () => (await import('../info.ts')).info,
  },
  {
    name: 'config',
    group: 'settings',
    summary: 'Show settings and where they come from',
    load: async () => (await import('../config.ts')).config,
  },
  {
    name: 'clean',
    group: 'settings',
    summary: 'Remove unused packages and caches',
    load: async () => (await import('../clean.ts')).clean,
  },
];
