import type { CommandSpec } from './command.ts';

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

/** Every command, in the order of `--help`. Nothing of a command is loaded before it is chosen. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'create',
    group: 'environments',
    summary: 'Create an environment',
    load: async () => (await import('./create.ts')).create,
  },
  {
    name: 'install',
    group: 'packages',
    summary: 'Install packages into an environment',
    load: async () => (await import('./install.ts')).install,
  },
  {
    name: 'update',
    group: 'packages',
    aliases: ['upgrade'],
    summary: 'Update packages to the newest compatible versions',
    load: async () => (await import('./update.ts')).update,
  },
  {
    name: 'remove',
    group: 'packages',
    aliases: ['uninstall'],
    summary: 'Remove packages, or a whole environment',
    load: async () => (await import('./remove.ts')).remove,
  },
  {
    name: 'list',
    group: 'packages',
    summary: 'List the packages of an environment',
    load: async () => (await import('./list.ts')).list,
  },
  {
    name: 'search',
    group: 'packages',
    summary: 'Search channels for packages',
    load: async () => (await import('./search.ts')).search,
  },
  {
    name: 'tree',
    group: 'packages',
    summary: 'Show packages as a tree of dependencies',
    load: async () => (await import('./tree.ts')).tree,
  },
  {
    name: 'why',
    group: 'packages',
    summary: 'Say why a package is installed',
    load: async () => (await import('./why.ts')).why,
  },
  {
    name: 'outdated',
    group: 'packages',
    summary: 'List packages that have newer versions',
    load: async () => (await import('./outdated.ts')).outdated,
  },
  {
    name: 'owns',
    group: 'packages',
    summary: 'Say which package a file belongs to',
    load: async () => (await import('./owns.ts')).owns,
  },
  {
    name: 'repoquery',
    group: 'packages',
    summary: 'Ask channels about packages and their dependencies',
    commands: [
      {
        name: 'search',
        summary: 'Find packages that match a spec',
        load: async () => (await import('./repoquery.ts')).querySearch,
      },
      {
        name: 'depends',
        summary: 'Show what a package needs',
        load: async () => (await import('./repoquery.ts')).queryDepends,
      },
      {
        name: 'whoneeds',
        summary: 'Show what needs a package',
        load: async () => (await import('./repoquery.ts')).queryWhoneeds,
      },
    ],
  },
  {
    name: 'run',
    group: 'programs',
    summary: 'Run a program in an environment',
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'exec',
    group: 'programs',
    summary: 'Run a program of a package without installing it',
    load: async () => (await import('./exec.ts')).exec,
  },
  {
    name: 'env',
    group: 'environments',
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
    group: 'environments',
    summary: 'Write down what an environment holds',
    load: async () => (await import('./export.ts')).environmentExport,
  },
  {
    name: 'compare',
    group: 'environments',
    summary: 'Compare an environment with a file',
    load: async () => (await import('./compare.ts')).compare,
  },
  {
    name: 'diff',
    group: 'environments',
    summary: 'Compare the packages of two environments',
    load: async () => (await import('./diff.ts')).diff,
  },
  {
    name: 'history',
    group: 'environments',
    summary: 'Show how an environment came to be',
    load: async () => (await import('./history.ts')).history,
  },
  {
    name: 'undo',
    group: 'environments',
    summary: 'Take back the last change of an environment',
    load: async () => (await import('./undo.ts')).undo,
  },
  {
    name: 'freeze',
    group: 'environments',
    summary: 'Protect an environment against changes',
    load: async () => (await import('./freeze.ts')).freeze,
  },
  {
    name: 'unfreeze',
    group: 'environments',
    summary: 'Allow changes of a frozen environment again',
    load: async () => (await import('./freeze.ts')).unfreeze,
  },
  {
    name: 'doctor',
    group: 'environments',
    summary: 'Check the health of an environment',
    aliases: ['check'],
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'rename',
    group: 'environments',
    summary: 'Rename an environment',
    load: async () => (await import('./rename.ts')).rename,
  },
  {
    name: 'info',
    group: 'settings',
    summary: 'Show what tconda knows of this machine and its settings',
    load: async () => (await import('./info.ts')).info,
  },
  {
    name: 'config',
    group: 'settings',
    summary: 'Show settings and where they come from',
    load: async () => (await import('./config.ts')).config,
  },
  {
    name: 'clean',
    group: 'settings',
    summary: 'Remove unused packages and caches',
    load: async () => (await import('./clean.ts')).clean,
  },
  {
    name: 'activate',
    group: 'shells',
    summary: 'Enter an environment (needs the shell hook)',
    load: async () => (await import('./activate.ts')).activate,
  },
  {
    name: 'deactivate',
    group: 'shells',
    summary: 'Leave the active environment (needs the shell hook)',
    load: async () => (await import('./activate.ts')).deactivate,
  },
  {
    name: 'init',
    group: 'shells',
    summary: 'Prepare shells for activate',
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'shell',
    group: 'shells',
    summary: 'Start a shell in an environment, or print code for shells',
    load: async () => (await import('./subshell.ts')).subshell,
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
    group: 'shells',
    summary: 'Name the environment of a folder',
    load: async () => (await import('./local.ts')).local,
  },
  {
    name: 'auth',
    group: 'channels',
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
    group: 'channels',
    summary: 'Show what channels want their users to know',
    load: async () => (await import('./notices.ts')).notices,
  },
  {
    name: 'package',
    group: 'channels',
    summary: 'Make and open packages, and ask whose files are whose',
    load: async () => (await import('./package-files.ts')).packageFiles,
    commands: [
      {
        name: 'list',
        summary: 'List the files in a package',
        load: async () => (await import('./package-list.ts')).packageList,
      },
      {
        name: 'inspect',
        summary: 'Show what a package says of itself',
        load: async () => (await import('./package-inspect.ts')).packageInspect,
      },
      {
        name: 'verify',
        summary: 'Check that a package holds what it says',
        load: async () => (await import('./package-verify.ts')).packageVerify,
      },
      {
        name: 'transmute',
        summary: 'Turn packages into the other format',
        load: async () => (await import('./package-transmute.ts')).packageTransmute,
      },
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
    group: 'channels',
    summary: 'Write the index of a channel folder',
    load: async () => (await import('./index-channel.ts')).indexChannel,
  },
  {
    name: 'serve',
    group: 'channels',
    summary: 'Serve a channel folder over HTTP',
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'completion',
    group: 'shells',
    summary: 'Print code that completes command lines',
    load: async () => (await import('./completion.ts')).completion,
  },
  {
    name: 'complete',
    summary: 'Print what a command line can go on with',
    hidden: true,
    load: async () => (await import('./complete.ts')).complete,
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
