import { LIST_FIELDS } from '../../model/list-fields.ts';
import { BOOL, BOOL_OR_NULL, INT, LIST, STR, STR_OR_NULL } from '../setting-type.ts';
import { define, type Setting } from '../setting.ts';

const GROUP = 'output';

/** Settings about what is asked, shown and activated. */
export const outputKeys = {
  always_yes: define(GROUP, BOOL_OR_NULL, null, 'Whether questions are taken as answered with yes', {
    aliases: ['yes'],
  }),
  json: define(GROUP, BOOL, false, 'Whether results are printed as JSON'),
  quiet: define(GROUP, BOOL, false, 'Whether progress is not shown'),
  verbosity: define(GROUP, INT, 0, 'How much is told', { aliases: ['verbose'] }),
  debug: define(GROUP, BOOL, false, 'The same as verbosity 2'),
  trace: define(GROUP, BOOL, false, 'The same as verbosity 3'),
  dry_run: define(GROUP, BOOL, false, 'Only show what would be done'),
  download_only: define(GROUP, BOOL, false, 'Only fill the package cache'),
  use_index_cache: define(GROUP, BOOL, false, 'Take cached indexes whatever their age'),
  console: define(GROUP, STR, 'classic', 'How results are shown'),
  list_fields: define(GROUP, LIST, ['name', 'version', 'build', 'channel_name'], 'Columns of `list`', {
    check: (value) => {
      const unknown = value.filter((field) => !LIST_FIELDS.has(field));
      return unknown.length === 0
        ? undefined
        : `there is no ${unknown.join(', ')}; there are ${[...LIST_FIELDS.keys()].join(', ')}`;
    },
  }),
  notify_outdated_conda: define(GROUP, BOOL, true, 'Whether a newer conda is announced', {
    noEffect: 'nobody is asked for newer versions',
  }),
  report_errors: define(GROUP, BOOL_OR_NULL, null, 'Whether errors are sent away; they never are', {
    noEffect: 'errors are never sent away',
  }),
  auto_activate: define(GROUP, BOOL, true, 'Whether a new shell starts with an environment', {
    aliases: ['auto_activate_base'],
  }),
  default_activation_env: define(GROUP, STR, 'base', 'The environment that a new shell starts with', {
    complete: (value) => (value === '' ? 'base' : value),
  }),
  auto_stack: define(GROUP, INT, 0, 'Down to which level activation stacks by itself'),
  changeps1: define(GROUP, BOOL, true, 'Whether activation changes the prompt'),
  env_prompt: define(GROUP, STR, '({default_env}) ', 'What activation puts before the prompt'),
  envvars_force_uppercase: define(
    GROUP,
    BOOL,
    true,
    'Whether variables of environments get upper-case names',
  ),
  environment_specifier: define(GROUP, STR_OR_NULL, null, 'The format of environment files', {
    noEffect: 'files are told apart by their content',
    aliases: ['env_spec'],
  }),
} as const satisfies Record<string, Setting>;
