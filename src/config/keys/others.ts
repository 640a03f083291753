import { ANY, BOOL, BOOL_OR_NULL, STR } from '../setting-type.ts';
import { define, NO_EFFECT, type Setting } from '../setting.ts';

const GROUP = 'others';

/** Settings about keys of conda and conda-build that belong to no other group. */
export const otherKeys = {
  croot: define(GROUP, STR, '', 'Where packages are built, for the channel `local`', {
    expands: true,
    isPath: true,
  }),
  bld_path: define(GROUP, STR, '', 'Where packages are built, for the channel `local`', {
    expands: true,
    isPath: true,
  }),
  conda_build: define(GROUP, { kind: 'map', of: ANY }, {}, 'Settings of conda-build; its root-dir counts', {
    aliases: ['conda-build'],
  }),
  plugins: define(GROUP, { kind: 'map', of: ANY }, {}, "Settings of conda's plugins", NO_EFFECT),
  no_plugins: define(GROUP, BOOL, false, "Whether conda's plugins stay out", NO_EFFECT),
  experimental: define(GROUP, { kind: 'list', of: ANY }, [], 'Experiments of conda', NO_EFFECT),
  preview: define(GROUP, { kind: 'list', of: ANY }, [], 'Previews of conda', NO_EFFECT),
  anaconda_upload: define(GROUP, BOOL_OR_NULL, null, 'Whether conda-build uploads', {
    aliases: ['binstar_upload'],
    effect: 'none',
  }),
  error_upload_url: define(
    GROUP,
    STR,
    'https://conda.io/conda-post/unexpected-error',
    'Nothing is sent',
    NO_EFFECT,
  ),
  enable_private_envs: define(GROUP, BOOL, false, 'Of old condas', NO_EFFECT),
} as const satisfies Record<string, Setting>;
