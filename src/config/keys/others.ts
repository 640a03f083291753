import path from 'node:path';

import { ANY, BOOL, BOOL_OR_NULL, STR } from '../setting-type.ts';
import { define, type Setting } from '../setting.ts';

const GROUP = 'others';

/** Settings about keys of conda and conda-build that belong to no other group. */
export const otherKeys = {
  croot: define(
    GROUP,
    STR,
    ({ rootPrefix }) => path.join(rootPrefix, 'conda-bld'),
    'Where packages are built, for the channel `local`',
    {
      expands: true,
      isPath: true,
    },
  ),
  bld_path: define(GROUP, STR, '', 'Where packages are built, for the channel `local`', {
    expands: true,
    isPath: true,
  }),
  conda_build: define(GROUP, { kind: 'map', of: ANY }, {}, 'Settings of conda-build; its root-dir counts', {
    aliases: ['conda-build'],
  }),
  plugins: define(GROUP, { kind: 'map', of: ANY }, {}, "Settings of conda's plugins", {
    noEffect: 'there are no plugins',
  }),
  no_plugins: define(GROUP, BOOL, false, "Whether conda's plugins stay out", {
    noEffect: 'there are no plugins',
  }),
  experimental: define(GROUP, { kind: 'list', of: ANY }, [], 'Experiments of conda', {
    noEffect: 'it has no effect in conda either',
  }),
  preview: define(GROUP, { kind: 'list', of: ANY }, [], 'Previews of conda', {
    noEffect: 'there are no previews',
  }),
  anaconda_upload: define(GROUP, BOOL_OR_NULL, null, 'Whether conda-build uploads', {
    aliases: ['binstar_upload'],
    noEffect: 'nothing is uploaded by itself',
  }),
  error_upload_url: define(GROUP, STR, 'https://conda.io/conda-post/unexpected-error', 'Nothing is sent', {
    noEffect: 'errors are never sent away',
  }),
  enable_private_envs: define(GROUP, BOOL, false, 'Of old condas', {
    noEffect: 'it has no effect in conda either',
  }),
  dev: define(GROUP, BOOL, false, 'For work on conda itself', { noEffect: 'it is for work on conda itself' }),
  force: define(GROUP, BOOL, false, 'An old name of several options', {
    noEffect: 'it has no effect in conda either',
  }),
} as const satisfies Record<string, Setting>;
