import { nativeSubdir } from '../../host/index.ts';
import { defaultEnvsDirs, defaultPkgsDirs } from '../directories.ts';
import { BOOL, LIST, STR } from '../setting-type.ts';
import { define, type Setting } from '../setting.ts';

const GROUP = 'directories';

/** Settings about where environments and packages are, and for which platform. */
export const directoryKeys = {
  envs_dirs: define(GROUP, { ...LIST, separator: 'path' }, defaultEnvsDirs, 'Where named environments are', {
    aliases: ['envs_path'],
    expands: true,
    isPath: true,
    complete: (value, context) => [...new Set([...value, ...defaultEnvsDirs(context)])],
  }),
  pkgs_dirs: define(GROUP, LIST, defaultPkgsDirs, 'Where downloaded packages are kept', {
    expands: true,
    isPath: true,
  }),
  root_prefix: define(GROUP, STR, ({ builtInRoot }) => builtInRoot, 'The base environment', {
    aliases: ['root_dir'],
    variables: ['MAMBA_ROOT_PREFIX', 'CONDA_ROOT'],
    expands: true,
    isPath: true,
  }),
  subdir: define(GROUP, STR, ({ host }) => nativeSubdir(host), 'The platform to install for'),
  subdirs: define(GROUP, LIST, ({ subdir }) => [subdir, 'noarch'], 'The platform folders to search'),
  export_platforms: define(GROUP, LIST, [], 'Platforms that an export is made for', {
    aliases: ['extra_platforms'],
  }),
  force_32bit: define(GROUP, BOOL, false, 'Take this machine for one of 32 bits', {
    noEffect: 'subdir says which platform',
  }),
} as const satisfies Record<string, Setting>;
