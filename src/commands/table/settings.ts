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
    commands: [
      {
        name: 'list',
        summary: 'Show what holds now',
        load: async () => (await import('../config-group.ts')).configList,
      },
      {
        name: 'sources',
        summary: 'Show which file says what',
        load: async () => (await import('../config-group.ts')).configSources,
      },
      {
        name: 'describe',
        summary: 'Say what settings mean',
        load: async () => (await import('../config-group.ts')).configDescribe,
      },
      {
        name: 'get',
        summary: 'Show what one file says',
        load: async () => (await import('../config-group.ts')).configGet,
      },
      {
        name: 'set',
        summary: 'Give a setting a value',
        load: async () => (await import('../config-group.ts')).configSet,
      },
      {
        name: 'append',
        summary: 'Add to the end of a list',
        load: async () => (await import('../config-group.ts')).configAppend,
      },
      {
        name: 'prepend',
        summary: 'Add to the start of a list',
        load: async () => (await import('../config-group.ts')).configPrepend,
      },
      {
        name: 'remove',
        summary: 'Take out of a list',
        load: async () => (await import('../config-group.ts')).configRemove,
      },
      {
        name: 'remove-key',
        summary: 'Take a setting out',
        load: async () => (await import('../config-group.ts')).configRemoveKey,
      },
    ],
  },
  {
    name: 'plugins',
    group: 'settings',
    summary: 'List commands that other programs add',
    load: async () => (await import('../plugins.ts')).plugins,
    commands: [
      {
        name: 'list',
        summary: 'The same',
        hidden: true,
        load: async () => (await import('../plugins.ts')).plugins,
      },
    ],
  },
  {
    name: 'clean',
    group: 'settings',
    summary: 'Remove unused packages and caches',
    load: async () => (await import('../clean.ts')).clean,
  },
];
