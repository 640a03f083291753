import { BOOL, BOOL_OR_STR, INT, LIST, STR, STR_OR_NULL } from '../setting-type.ts';
import { define, type Setting } from '../setting.ts';

const GROUP = 'solver';

/** Settings about what the solver may choose. */
export const solverKeys = {
  solver: define(
    GROUP,
    { kind: 'enum', values: ['libmamba', 'classic', 'rattler'] },
    'libmamba',
    'Which solver; all names mean the one there is',
    { aliases: ['experimental_solver'], noEffect: 'all names mean the one solver there is' },
  ),
  channel_priority: define(
    GROUP,
    {
      kind: 'enum',
      values: ['strict', 'flexible', 'disabled'],
      booleans: ['flexible', 'disabled'],
      hasNames: true,
    },
    'flexible',
    'How much the order of channels counts against versions',
  ),
  add_pip_as_python_dependency: define(GROUP, BOOL, true, 'Whether python brings pip along'),
  aggressive_update_packages: define(
    GROUP,
    LIST,
    ['ca-certificates', 'certifi', 'openssl'],
    'Packages that are brought up to date by every change',
  ),
  auto_update_conda: define(GROUP, BOOL, true, 'Whether conda is kept up to date in the base environment', {
    aliases: ['self_update'],
    noEffect: 'the program is no package of an environment',
  }),
  create_default_packages: define(GROUP, LIST, [], 'Packages that every new environment gets'),
  pinned_packages: define(
    GROUP,
    { ...LIST, separator: '&' },
    [],
    'What packages must match in every environment, if they are there',
  ),
  disallowed_packages: define(GROUP, { ...LIST, separator: '&' }, [], 'Packages that may not be installed', {
    aliases: ['disallow'],
  }),
  track_features: define(GROUP, LIST, [], 'Features to enable', { noEffect: 'features are of the past' }),
  force_reinstall: define(GROUP, BOOL, false, 'Link requested packages again even if nothing changes'),
  ignore_pinned: define(GROUP, BOOL, false, 'Whether pins are left out of account'),
  force_remove: define(GROUP, BOOL, false, 'Remove what is named and nothing else'),
  exclude_newer: define(
    GROUP,
    STR,
    '',
    'Leave out packages that are newer than this date or younger than this time',
    {
      aliases: ['cooldown'],
    },
  ),
  exclude_newer_package: define(
    GROUP,
    { kind: 'map', of: BOOL_OR_STR },
    {},
    'The same as exclude_newer, for single packages',
    {
      aliases: ['cooldown_exclude'],
    },
  ),
  override_virtual_packages: define(
    GROUP,
    { kind: 'map', of: STR_OR_NULL },
    {},
    'Values of virtual packages in place of the measured ones',
    { aliases: ['virtual_packages'] },
  ),
  deps_modifier: define(
    GROUP,
    { kind: 'enum', values: ['not_set', 'no_deps', 'only_deps'], hasNames: true },
    'not_set',
    'Whether dependencies are left out, or taken alone',
  ),
  update_modifier: define(
    GROUP,
    {
      kind: 'enum',
      values: ['specs_satisfied_skip_solve', 'freeze_installed', 'update_deps', 'update_specs', 'update_all'],
      hasNames: true,
    },
    'update_specs',
    'How far a change reaches into what is installed',
  ),
  sat_solver: define(
    GROUP,
    { kind: 'enum', values: ['pycosat', 'pycryptosat', 'pysat'], hasNames: true },
    'pycosat',
    'Engine of the classic solver',
    { noEffect: 'there is one engine' },
  ),
  solver_ignore_timestamps: define(GROUP, BOOL, false, 'Whether age never decides between builds', {
    noEffect: 'age decides last, and only between builds that are equal otherwise',
  }),
  unsatisfiable_hints: define(GROUP, BOOL, true, 'Whether the classic solver explains', {
    noEffect: 'conflicts are always explained',
  }),
  unsatisfiable_hints_check_depth: define(GROUP, INT, 2, 'How deep the classic solver explains', {
    noEffect: 'conflicts are always explained in full',
  }),
  prefix_data_interoperability: define(GROUP, BOOL, false, 'Whether packages installed by pip are seen', {
    noEffect: 'packages of pip are always shown, and never changed',
    aliases: ['pip_interop_enabled'],
  }),
  allow_cycles: define(GROUP, BOOL, true, 'Whether packages may depend on each other in a circle', {
    noEffect: 'circles are always allowed',
  }),
  allow_conda_downgrades: define(GROUP, BOOL, false, 'Whether conda may become older', {
    noEffect: 'the program is no package of an environment',
  }),
  default_python: define(GROUP, STR_OR_NULL, '3.11', 'The python of new environments of old condas', {
    noEffect: 'new environments get the python that is asked for',
    check: (value) =>
      value === null || value === '' || /^\d\.\d{1,2}$/.test(value) ? undefined : 'it must be like 3.12',
  }),
} as const satisfies Record<string, Setting>;
