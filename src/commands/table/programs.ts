import type { CommandEntry } from '../command-entry.ts';

/** Commands that run programs. */
export const PROGRAMS: readonly CommandEntry[] = [
  {
    name: 'run',
    group: 'programs',
    summary: 'Run a program in an environment',
    load: async () => (await import('../run.ts')).run,
  },
  {
    name: 'exec',
    group: 'programs',
    summary: 'Run a program of a package without installing it',
    load: async () => (await import('../exec.ts')).exec,
  },
];
