import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { acquireLease } from '../../../src/io/lease-file.ts';
import { fails, isSeen, PLAN, type Scene, type SettingEffect, succeeds, told } from './effect.ts';

/** Settings about how packages come into an environment. */
export function linkingEffects(scene: Scene): readonly SettingEffect[] {
  const { at, prefix, fail, menus, elsewhere } = scene;
  const made = (...parts: readonly string[]): string => path.join(prefix('made'), ...parts);
  const make = (...specs: readonly string[]): readonly string[] => ['create', '-y', '-n', 'made', ...specs];
  const linked = made('lib/links/real.txt');
  const yes = (is: () => boolean) => () => (is() ? 'yes' : 'no');
  return [
    {
      key: 'always_copy',
      rc: 'always_copy: true',
      args: make('links'),
      look: yes(() => statSync(linked).nlink === 1),
      shows: isSeen,
    },
    {
      key: 'always_softlink',
      rc: 'always_softlink: true',
      args: make('links'),
      look: yes(() => lstatSync(linked).isSymbolicLink()),
      shows: isSeen,
    },
    {
      key: 'allow_softlinks',
      rc: `allow_softlinks: true\npkgs_dirs: ['${elsewhere ?? ''}']`,
      without: `pkgs_dirs: ['${elsewhere ?? ''}']`,
      args: make('links'),
      isPossible: elsewhere !== undefined,
      look: yes(() => lstatSync(linked).isSymbolicLink()),
      shows: isSeen,
    },
    {
      key: 'safety_checks',
      rc: 'safety_checks: enabled',
      without: 'safety_checks: disabled',
      args: make('-c', menus, 'longer'),
      isCold: true,
      shows: fails,
    },
    {
      key: 'extra_safety_checks',
      rc: 'safety_checks: enabled\nextra_safety_checks: true',
      without: 'safety_checks: enabled',
      args: make('-c', menus, 'different'),
      isCold: true,
      shows: fails,
    },
    {
      key: 'lock_timeout',
      rc: 'lock_timeout: 0.2',
      without: 'lock_timeout: 30',
      args: ['install', '-y', '-n', 'dated', '--force-reinstall', 'ladder'],
      during: async (run) => {
        const lease = await acquireLease(path.join(prefix('dated'), 'conda-meta/.tconda.lock'));
        // A busy machine takes seconds to come as far as the lock.
        setTimeout(() => void lease.release(), 8000);
        return await run();
      },
      shows: told('is in use by'),
    },
    ...['shortcuts: false', 'shortcuts_only: [other]'].map((rc): SettingEffect => ({
      key: rc.slice(0, rc.indexOf(':')),
      rc,
      args: make('-c', menus, 'spy'),
      isPossible: process.platform === 'linux',
      before: () => rmSync(at('.local/share/applications'), { recursive: true, force: true }),
      look: yes(() => !existsSync(at('.local/share/applications'))),
      shows: isSeen,
    })),
    {
      key: 'path_conflict',
      rc: 'path_conflict: prevent',
      args: make('clobber-a=1.0', 'clobber-b=1.0'),
      shows: fails,
    },
    {
      key: 'clobber',
      rc: 'clobber: true\npath_conflict: prevent',
      without: 'path_conflict: prevent',
      args: make('clobber-a=1.0', 'clobber-b=1.0'),
      shows: succeeds,
    },
    {
      key: 'link_scripts',
      rc: 'link_scripts: skip',
      args: make('link-scripts=1.0'),
      look: yes(() => !existsSync(made('link-scripts.log'))),
      shows: isSeen,
    },
    {
      key: 'compile_pyc',
      rc: 'compile_pyc: false',
      args: make('greet=2.0.0rc1'),
      look: yes(() => !existsSync(made('lib/python3.12/site-packages/greet/__pycache__'))),
      shows: isSeen,
    },
    {
      key: 'max_package_bytes',
      rc: 'max_package_bytes: 1',
      args: make('links'),
      isCold: true,
      shows: fails,
    },
    {
      key: 'max_package_files',
      rc: 'max_package_files: 1',
      args: make('links'),
      isCold: true,
      shows: fails,
    },
    {
      key: 'register_envs',
      rc: 'register_envs: false',
      args: make('links'),
      before: () => rmSync(at('.conda/environments.txt'), { force: true }),
      look: yes(() => !existsSync(at('.conda/environments.txt'))),
      shows: isSeen,
    },
    {
      key: 'protect_frozen_envs',
      rc: 'protect_frozen_envs: false',
      args: ['install', '-n', 'frozen', 'deep', ...PLAN],
      shows: succeeds,
    },
    {
      key: 'non_admin_enabled',
      rc: 'non_admin_enabled: false',
      args: ['create', '-p', at('of-nobody'), 'links', '--dry-run'],
      isNobody: true,
      shows: told('not available to a non-privileged user'),
    },
    {
      key: 'download_only',
      rc: 'download_only: true',
      args: make('links'),
      look: yes(() => !existsSync(linked)),
      shows: isSeen,
    },
    {
      key: 'dry_run',
      rc: 'dry_run: true',
      args: make('links'),
      look: yes(() => !existsSync(linked)),
      shows: isSeen,
    },
    {
      key: 'always_yes',
      rc: 'always_yes: true',
      args: ['env', 'remove', '-n', 'made'],
      before: () => {
        mkdirSync(made('conda-meta'), { recursive: true });
        writeFileSync(made('conda-meta/history'), '');
      },
      look: yes(() => !existsSync(made('conda-meta'))),
      shows: isSeen,
    },
    {
      key: 'envvars_force_uppercase',
      rc: 'envvars_force_uppercase: false',
      args: ['env', 'config', 'vars', 'set', '-n', 'env', 'colour=red'],
      look: yes(() =>
        readFileSync(path.join(prefix('env'), 'conda-meta/state'), 'utf8').includes('"colour"'),
      ),
      shows: isSeen,
    },
    ...['fetch_threads', 'default_threads'].map((key): SettingEffect => ({
      key,
      rc: `${key}: 1`,
      args: make('links', 'deep', 'ladder', '--download-only'),
      isCold: true,
      before: () => {
        fail(/\/links-/, { kind: 'delay', ms: 1200 });
        fail(/\/deep-/, { kind: 'delay', ms: 1200 });
        fail(/\/ladder-/, { kind: 'delay', ms: 1200 });
      },
      isTimed: true,
      shows: ({ milliseconds }) => milliseconds > 3600,
    })),
  ];
}
