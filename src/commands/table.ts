import type { CommandSpec } from './command.ts';

/** A command before it is loaded, or a group of them. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly aliases?: readonly string[];
  readonly hidden?: boolean;
  readonly load?: () => Promise<CommandSpec>;
  readonly commands?: readonly CommandEntry[];
}

/** Every command, in the order of `--help`. Nothing of a command is loaded before it is chosen. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'create',
    summary: 'Create an environment',
    load: async () => (await import('./create.ts')).create,
  },
  {
    name: 'install',
    summary: 'Install packages into an environment',
    load: async () => (await import('./install.ts')).install,
  },
  {
    name: 'update',
    aliases: ['upgrade'],
    summary: 'Update packages to the newest compatible versions',
    load: async () => (await import('./update.ts')).update,
  },
  {
    name: 'remove',
    aliases: ['uninstall'],
    summary: 'Remove packages, or a whole environment',
    load: async () => (await import('./remove.ts')).remove,
  },
  {
    name: 'list',
    summary: 'List the packages of an environment',
    load: async () => (await import('./list.ts')).list,
  },
  {
    name: 'search',
    summary: 'Search channels for packages',
    load: async () => (await import('./search.ts')).search,
  },
  {
    name: 'run',
    summary: 'Run a program in an environment',
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'env',
    summary: 'Create, update, list, remove and describe environments',
    commands: [
      {
        name: 'list',
        summary: 'List environments',
        load: async () => (await import('./env-list.ts')).envList,
      },
      {
        name: 'create',
        summary: 'Create an environment from a file',
        load: async () => (await import('./env-create.ts')).envCreate,
      },
      {
        name: 'update',
        summary: 'Bring an environment to what a file says',
        load: async () => (await import('./env-update.ts')).envUpdate,
      },
      {
        name: 'export',
        summary: 'Write down what an environment holds',
        load: async () => (await import('./export.ts')).environmentExport,
      },
      {
        name: 'remove',
        summary: 'Remove an environment',
        load: async () => (await import('./env-remove.ts')).envRemove,
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
                load: async () => (await import('./env-config-vars.ts')).envConfigVarsList,
              },
              {
                name: 'set',
                summary: 'Set variables of an environment',
                load: async () => (await import('./env-config-vars.ts')).envConfigVarsSet,
              },
              {
                name: 'unset',
                summary: 'Unset variables of an environment',
                load: async () => (await import('./env-config-vars.ts')).envConfigVarsUnset,
              },
            ],
          },
        ],
      },
    ],
  },
  {
    name: 'export',
    summary: 'Write down what an environment holds',
    load: async () => (await import('./export.ts')).environmentExport,
  },
  {
    name: 'compare',
    summary: 'Compare an environment with a file',
    load: async () => (await import('./compare.ts')).compare,
  },
  {
    name: 'rename',
    summary: 'Rename an environment',
    load: async () => (await import('./rename.ts')).rename,
  },
  {
    name: 'info',
    summary: 'Show what tconda knows of this machine and its configuration',
    load: async () => (await import('./info.ts')).info,
  },
  {
    name: 'config',
    summary: 'Show settings and where they come from',
    load: async () => (await import('./config.ts')).config,
  },
  {
    name: 'clean',
    summary: 'Remove unused packages and caches',
    load: async () => (await import('./clean.ts')).clean,
  },
  {
    name: 'activate',
    summary: 'Enter an environment (needs the shell hook)',
    load: async () => (await import('./activate.ts')).activate,
  },
  {
    name: 'deactivate',
    summary: 'Leave the active environment (needs the shell hook)',
    load: async () => (await import('./activate.ts')).deactivate,
  },
  {
    name: 'init',
    summary: 'Prepare shells for activate',
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'shell',
    summary: 'Print code for shells',
    hidden: true,
    commands: [
      {
        name: 'hook',
        summary: 'Print the code that prepares a shell',
        load: async () => (await import('./shell-group.ts')).shellHook,
      },
      {
        name: 'activate',
        summary: 'Print the code that enters an environment',
        load: async () => (await import('./shell-group.ts')).shellActivate,
      },
      {
        name: 'deactivate',
        summary: 'Print the code that leaves the environment',
        load: async () => (await import('./shell-group.ts')).shellDeactivate,
      },
      {
        name: 'reactivate',
        summary: 'Print the code that refreshes the environment',
        load: async () => (await import('./shell-group.ts')).shellReactivate,
      },
      {
        name: 'init',
        summary: 'Prepare a shell',
        load: async () => (await import('./shell-group.ts')).shellInit,
      },
      {
        name: 'deinit',
        summary: 'Undo init',
        load: async () => (await import('./shell-group.ts')).shellDeinit,
      },
    ],
  },
  {
    name: 'local',
    summary: 'Name the environment of a folder',
    load: async () => (await import('./local.ts')).local,
  },
  {
    name: 'auth',
    summary: 'Keep logins for servers of channels',
    commands: [
      {
        name: 'login',
        summary: 'Keep a login for a server of channels',
        load: async () => (await import('./auth.ts')).authLogin,
      },
      {
        name: 'logout',
        summary: 'Forget a login',
        load: async () => (await import('./auth.ts')).authLogout,
      },
      {
        name: 'status',
        summary: 'List logins, without their secrets',
        aliases: ['list'],
        load: async () => (await import('./auth.ts')).authStatus,
      },
    ],
  },
  {
    name: 'notices',
    summary: 'Show what channels want their users to know',
    load: async () => (await import('./notices.ts')).notices,
  },
  {
    name: 'package',
    summary: 'Make and open package archives',
    commands: [
      {
        name: 'create',
        summary: 'Make a package of a folder',
        load: async () => (await import('./package-create.ts')).packageCreate,
      },
      {
        name: 'extract',
        summary: 'Open a package into a folder',
        load: async () => (await import('./package-extract.ts')).packageExtract,
      },
    ],
  },
  {
    name: 'index',
    summary: 'Write the index of a channel folder',
    load: async () => (await import('./index-channel.ts')).indexChannel,
  },
  {
    name: 'serve',
    summary: 'Serve a channel folder over HTTP',
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'commands',
    summary: 'List all commands, one a line',
    hidden: true,
    load: async () => (await import('./commands.ts')).commands,
  },
];

/** Commands of this name are the shell's door: `shell.bash activate env`. */
export const SHELL_COMMAND = 'shell';

/** @returns the entry whose name or alias is `name` */
export function findCommand(entries: readonly CommandEntry[], name: string): CommandEntry | undefined {
  return entries.find((entry) => entry.name === name || entry.aliases?.includes(name));
}
