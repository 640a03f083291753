import type { CommandEntry } from '../command-entry.ts';

/** Commands about the packages of an environment, and of channels. */
export const PACKAGES: readonly CommandEntry[] = [
  {
    name: 'install',
    group: 'packages',
    summary: 'Install packages into an environment',
    load: async () => (await import('../install.ts')).install,
  },
  {
    name: 'update',
    group: 'packages',
    aliases: ['upgrade'],
    summary: 'Update packages to the newest compatible versions',
    load: async () => (await import('../update.ts')).update,
  },
  {
    name: 'remove',
    group: 'packages',
    aliases: ['uninstall'],
    summary: 'Remove packages, or a whole environment',
    load: async () => (await import('../remove.ts')).remove,
  },
  {
    name: 'list',
    group: 'packages',
    summary: 'List the packages of an environment',
    load: async () => (await import('../list.ts')).list,
  },
  {
    name: 'search',
    group: 'packages',
    summary: 'Search channels for packages',
    load: async () => (await import('../search.ts')).search,
  },
  {
    name: 'tree',
    group: 'packages',
    summary: 'Show packages as a tree of dependencies',
    load: async () => (await import('../tree.ts')).tree,
  },
  {
    name: 'why',
    group: 'packages',
    summary: 'Say why a package is installed',
    load: async () => (await import('../why.ts')).why,
  },
  {
    name: 'outdated',
    group: 'packages',
    summary: 'List packages that have newer versions',
    load: async () => (await import('../outdated.ts')).outdated,
  },
  {
    name: 'owns',
    group: 'packages',
    summary: 'Say which package a file belongs to',
    load: async () => (await import('../owns.ts')).owns,
  },
  {
    name: 'repoquery',
    group: 'packages',
    summary: 'Ask channels about packages and their dependencies',
    commands: [
      {
        name: 'search',
        summary: 'Find packages that match a spec',
        load: async () => (await import('../repoquery.ts')).querySearch,
      },
      {
        name: 'depends',
        summary: 'Show what a package needs',
        load: async () => (await import('../repoquery.ts')).queryDepends,
      },
      {
        name: 'whoneeds',
        summary: 'Show what needs a package',
        load: async () => (await import('../repoquery.ts')).queryWhoneeds,
      },
    ],
  },
];
