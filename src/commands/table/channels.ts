import type { CommandEntry } from '../command-entry.ts';

/** Commands about channels, and for those who make packages and channels. */
export const CHANNELS: readonly CommandEntry[] = [
  {
    name: 'auth',
    group: 'channels',
    summary: 'Keep logins for servers of channels',
    commands: [
      {
        name: 'login',
        summary: 'Keep a login for a server of channels',
        load: async () => (await import('../auth.ts')).authLogin,
      },
      {
        name: 'logout',
        summary: 'Forget a login',
        load: async () => (await import('../auth.ts')).authLogout,
      },
      {
        name: 'status',
        summary: 'List logins, without their secrets',
        aliases: ['list'],
        load: async () => (await import('../auth.ts')).authStatus,
      },
    ],
  },
  {
    name: 'notices',
    group: 'channels',
    summary: 'Show what channels want their users to know',
    load: async () => (await import('../notices.ts')).notices,
  },
  {
    name: 'package',
    group: 'channels',
    summary: 'Make and open packages, and ask whose files are whose',
    load: async () => (await import('../package-files.ts')).packageFiles,
    commands: [
      {
        name: 'list',
        summary: 'List the files in a package',
        load: async () => (await import('../package-list.ts')).packageList,
      },
      {
        name: 'inspect',
        summary: 'Show what a package says of itself',
        load: async () => (await import('../package-inspect.ts')).packageInspect,
      },
      {
        name: 'verify',
        summary: 'Check that a package holds what it says',
        load: async () => (await import('../package-verify.ts')).packageVerify,
      },
      {
        name: 'transmute',
        summary: 'Turn packages into the other format',
        load: async () => (await import('../package-transmute.ts')).packageTransmute,
      },
      {
        name: 'create',
        summary: 'Make a package of a folder',
        load: async () => (await import('../package-create.ts')).packageCreate,
      },
      {
        name: 'compress',
        summary: 'Pack an extracted package again',
        load: async () => (await import('../package-compress.ts')).packageCompress,
      },
      {
        name: 'extract',
        summary: 'Open a package into a folder',
        load: async () => (await import('../package-extract.ts')).packageExtract,
      },
    ],
  },
  {
    name: 'index',
    group: 'channels',
    summary: 'Write the index of a channel folder',
    load: async () => (await import('../index-channel.ts')).indexChannel,
  },
  {
    name: 'serve',
    group: 'channels',
    summary: 'Serve a channel folder over HTTP',
    load: async () => (await import('../serve.ts')).serve,
  },
];
