import type { CommandEntry } from '../command-entry.ts';

/** Commands for shells: how one gets into an environment, and what completes command lines. */
export const SHELLS: readonly CommandEntry[] = [
  {
    name: 'activate',
    group: 'shells',
    summary: 'Enter an environment (needs the shell hook)',
    load: async () => (await import('../activate.ts')).activate,
  },
  {
    name: 'deactivate',
    group: 'shells',
    summary: 'Leave the active environment (needs the shell hook)',
    load: async () => (await import('../activate.ts')).deactivate,
  },
  {
    name: 'init',
    group: 'shells',
    summary: 'Prepare shells for activate',
    load: async () => (await import('../init.ts')).init,
  },
  {
    name: 'shell',
    group: 'shells',
    summary: 'Start a shell in an environment, or print code for shells',
    load: async () => (await import('../subshell.ts')).subshell,
    commands: [
      {
        name: 'hook',
        summary: 'Print the code that prepares a shell',
        load: async () => (await import('../shell-group.ts')).shellHook,
      },
      {
        name: 'activate',
        summary: 'Print the code that enters an environment',
        load: async () => (await import('../shell-group.ts')).shellActivate,
      },
      {
        name: 'deactivate',
        summary: 'Print the code that leaves the environment',
        load: async () => (await import('../shell-group.ts')).shellDeactivate,
      },
      {
        name: 'reactivate',
        summary: 'Print the code that refreshes the environment',
        load: async () => (await import('../shell-group.ts')).shellReactivate,
      },
      {
        name: 'init',
        summary: 'Prepare a shell',
        load: async () => (await import('../shell-group.ts')).shellInit,
      },
      {
        name: 'deinit',
        summary: 'Undo init',
        load: async () => (await import('../shell-group.ts')).shellDeinit,
      },
      {
        name: 'reinit',
        summary: 'Renew what init wrote, in all shells that have it',
        load: async () => (await import('../init-again.ts')).shellReinit,
      },
      {
        name: 'completion',
        summary: 'Print code that completes command lines',
        load: async () => (await import('../completion.ts')).completion,
      },
      {
        name: 'enable_long_path_support',
        summary: 'Let Windows take paths of more than 260 characters',
        load: async () => (await import('../long-paths.ts')).enableLongPaths,
      },
    ],
  },
  {
    name: 'local',
    group: 'shells',
    summary: 'Name the environment of a folder',
    load: async () => (await import('../local.ts')).local,
  },
  {
    name: 'completion',
    group: 'shells',
    summary: 'Print code that completes command lines',
    load: async () => (await import('../completion.ts')).completion,
  },
];
