import { BOOL, FLOAT, INT, LIST, STR, STR_OR_NULL } from '../setting-type.ts';
import { define, notNegative, type Setting } from '../setting.ts';

const GROUP = 'linking';

/** Settings about how packages come into an environment. */
export const linkingKeys = {
  allow_softlinks: define(GROUP, BOOL, false, 'Whether files may be linked softly where hard links fail'),
  always_copy: define(GROUP, BOOL, false, 'Whether files are copied, never linked', {
    aliases: ['copy'],
  }),
  always_softlink: define(GROUP, BOOL, false, 'Whether all files are linked softly', {
    aliases: ['softlink'],
  }),
  path_conflict: define(
    GROUP,
    { kind: 'enum', values: ['clobber', 'warn', 'prevent'] },
    'clobber',
    'What happens when two packages bring the same file: one sentence for all, a warning for each, or an error',
  ),
  link_scripts: define(
    GROUP,
    { kind: 'enum', values: ['run', 'skip', 'ask'] },
    'run',
    'Whether scripts of packages are run when they come and go. Of tconda alone',
  ),
  safety_checks: define(
    GROUP,
    { kind: 'enum', values: ['warn', 'enabled', 'disabled'] },
    'warn',
    'What happens when a file of a package has not the size it should have',
  ),
  extra_safety_checks: define(GROUP, BOOL, false, 'Whether digests of files are compared too'),
  max_package_bytes: define(
    GROUP,
    INT,
    64 * 1024 ** 3,
    'Bytes that the files of one package may have together once it is open. Of tconda alone',
    { check: (value) => (value > 0 ? undefined : 'it must be more than 0') },
  ),
  max_package_files: define(
    GROUP,
    INT,
    5_000_000,
    'Files, links and directories that one package may hold. Of tconda alone',
    { check: (value) => (value > 0 ? undefined : 'it must be more than 0') },
  ),
  rollback_enabled: define(GROUP, BOOL, true, 'Whether a failed change is undone', {
    noEffect: 'a failed change is always undone',
  }),
  compile_pyc: define(GROUP, BOOL, true, 'Whether python code is compiled when it is linked. Of mamba'),
  lock_timeout: define(
    GROUP,
    FLOAT,
    0,
    'Seconds to wait for another process that changes the environment; 0 for as long as it takes. Of mamba',
    { check: notNegative },
  ),
  shortcuts: define(GROUP, BOOL, true, 'Whether menu entries are made'),
  shortcuts_only: define(GROUP, LIST, [], 'The only packages whose menu entries are made', {
    expands: true,
  }),
  separate_format_cache: define(GROUP, BOOL, false, 'Keep packages of both formats apart', {
    noEffect: 'one package has one place',
  }),
  non_admin_enabled: define(GROUP, BOOL, true, 'Whether users without privileges may change environments'),
  register_envs: define(GROUP, BOOL, true, 'Whether environments are written into the list of environments'),
  protect_frozen_envs: define(GROUP, BOOL, true, 'Whether frozen environments are left alone'),
  signing_metadata_url_base: define(GROUP, STR_OR_NULL, null, 'Where signatures are', {
    noEffect: 'signatures are not checked',
  }),
  target_prefix_override: define(GROUP, STR, '', 'The path that files are written for, if it is another', {
    noEffect: 'files are written for the place where they stand',
  }),
  clobber: define(GROUP, BOOL, false, 'Let packages overwrite each other’s files without a warning'),
} as const satisfies Record<string, Setting>;
