import type { CommandEntry } from '../command-entry.ts';

/** Commands about whole environments. */
export const ENVIRONMENTS: readonly CommandEntry[] = [
  {
    name: 'create',
    group: 'environments',
    summary: 'Create an environment',
    load: async () => (await import('../create.ts')).create,
  },
  {
    name: 'env',
    group: 'environments',
    summary: 'Create, update, list, remove and describe environments',
    commands: [
      {
        name: 'list',
        summary: 'List environments',
        load: async () => (await import('../env-list.ts')).envList,
      },
      {
        name: 'create',
        summary: 'Create an environment from a file',
        load: async () => (await import('../env-create.ts')).envCreate,
      },
      {
        name: 'update',
        summary: 'Bring an environment to what a file says',
        load: async () => (await import('../env-update.ts')).envUpdate,
      },
      {
        name: 'export',
        summary: 'Write down what an environment holds',
        load: async () => (await import('../export.ts')).environmentExport,
      },
      {
        name: 'remove',
        summary: 'Remove an environment',
        load: async () => (await import('../env-remove.ts')).envRemove,
      },
      {
        name: 'config',
        summary: 'Show and set what belongs to an environment',
        commands: [
          {
            name: 'vars',
            summary: 'Show and set the variables of an environment',
            commands: [
              {
                name: 'list',
                summary: 'List the variables of an environment',
                load: async () => (await import('../env-config-vars.ts')).envConfigVarsList,
              },
              {
                name: 'set',
                summary: 'Set variables of an environment',
                load: async () => (await import('../env-config-vars.ts')).envConfigVarsSet,
              },
              {
                name: 'unset',
                summary: 'Unset variables of an environment',
                load: async () => (await import('../env-config-vars.ts')).envConfigVarsUnset,
              },
            ],
          },
        ],
      },
    ],
  },
  {
    name: 'export',
    group: 'environments',
    summary: 'Write down what an environment holds',
    load: async () => (await import('../export.ts')).environmentExport,
  },
  {
    name: 'compare',
    group: 'environments',
    summary: 'Compare an environment with a file',
    load: async () => (await import('../compare.ts')).compare,
  },
  {
    name: 'diff',
    group: 'environments',
    summary: 'Compare the packages of two environments',
    load: async () => (await import('../diff.ts')).diff,
  },
  {
    name: 'history',
    group: 'environments',
    summary: 'Show how an environment came to be',
    load: async () => (await import('../history.ts')).history,
  },
  {
    name: 'undo',
    group: 'environments',
    summary: 'Take back the last change of an environment',
    load: async () => (await import('../undo.ts')).undo,
  },
  {
    name: 'freeze',
    group: 'environments',
    summary: 'Protect an environment against changes',
    load: async () => (await import('../freeze.ts')).freeze,
  },
  {
    name: 'unfreeze',
    group: 'environments',
    summary: 'Allow changes of a frozen environment again',
    load: async () => (await import('../freeze.ts')).unfreeze,
  },
  {
    name: 'doctor',
    group: 'environments',
    summary: 'Check the health of an environment',
    aliases: ['check'],
    load: async () => (await import('../doctor.ts')).doctor,
  },
  {
    name: 'rename',
    group: 'environments',
    summary: 'Rename an environment',
    load: async () => (await import('../rename.ts')).rename,
  },
];
