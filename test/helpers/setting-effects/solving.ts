import { fails, lacks, names, PLAN, type Scene, type SettingEffect } from './effect.ts';

/** Settings about what the solver may choose. */
export function solverEffects({ old }: Scene): readonly SettingEffect[] {
  const create = (...specs: readonly string[]): readonly string[] => [
    'create',
    '-n',
    'new',
    ...specs,
    ...PLAN,
  ];
  const install = (...specs: readonly string[]): readonly string[] => [
    'install',
    '-n',
    'dated',
    ...specs,
    ...PLAN,
  ];
  return [
    {
      key: 'channel_priority',
      rc: 'channel_priority: strict',
      without: 'channel_priority: disabled',
      args: create('ladder', '-c', old),
      shows: lacks('ladder-2.0-0'),
    },
    {
      key: 'add_pip_as_python_dependency',
      rc: 'add_pip_as_python_dependency: true',
      args: create('python'),
      shows: names('"pip-24.2'),
    },
    {
      key: 'aggressive_update_packages',
      rc: 'aggressive_update_packages: [ladder]',
      args: install('deep'),
      shows: names('ladder-2.0-0'),
    },
    {
      key: 'create_default_packages',
      rc: 'create_default_packages: [deep]',
      args: create('links'),
      shows: names('deep-1.0'),
    },
    {
      key: 'pinned_packages',
      rc: 'pinned_packages: [ladder=1.9]',
      args: create('ladder'),
      shows: names('ladder-1.9'),
    },
    {
      key: 'ignore_pinned',
      rc: 'ignore_pinned: true\npinned_packages: [ladder=1.9]',
      without: 'pinned_packages: [ladder=1.9]',
      args: create('ladder'),
      shows: names('ladder-2.0-0'),
    },
    {
      key: 'disallowed_packages',
      rc: 'disallowed_packages: [ladder]',
      args: create('ladder'),
      shows: fails,
    },
    {
      key: 'force_reinstall',
      rc: 'force_reinstall: true',
      args: ['install', '-n', 'env', 'ladder=1.9', ...PLAN],
      shows: names('"LINK"'),
    },
    {
      key: 'force_remove',
      rc: 'force_remove: true',
      args: ['remove', '-n', 'dated', 'links', ...PLAN],
      shows: lacks('"meta-1.0-0"'),
    },
    {
      key: 'exclude_newer',
      rc: 'exclude_newer: 2024-08-01',
      args: create('python'),
      shows: names('python-3.12.4'),
    },
    {
      key: 'exclude_newer_package',
      rc: 'exclude_newer_package: {python: 2024-08-01}',
      args: create('python'),
      shows: names('python-3.12.4'),
    },
    {
      key: 'override_virtual_packages',
      rc: "override_virtual_packages: {cuda: '12.1'}",
      args: ['info', '--json'],
      shows: names('"__cuda"'),
    },
    {
      key: 'deps_modifier',
      rc: 'deps_modifier: no_deps',
      args: create('meta'),
      shows: lacks('"links-1.0'),
    },
    {
      key: 'update_modifier',
      rc: 'update_modifier: update_deps',
      args: install('meta'),
      shows: names('ladder-2.0-0'),
    },
  ];
}
