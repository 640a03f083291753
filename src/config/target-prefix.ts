import { existsSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import type { Config } from './config.ts';
import { isWritable } from './directories.ts';
import { expandPath } from './expand.ts';

/** How the command line names an environment; at most one of both. */
export interface Target {
  readonly name?: string | undefined;
  readonly prefix?: string | undefined;
}

/**
 * The directory of the environment that a command is about: what `-p` or `-n` say, else the active one, else the base.
 *
 * @throws {TcondaError} `INVALID_VALUE` when a name has characters that no name may have, or one of both is empty
 */
export function targetPrefix(host: Host, config: Pick<Config, 'get'>, target: Target = {}): string {
  if (target.prefix === '') {
    // Not the working directory: what was meant is a variable that is not set.
    throw new TcondaError('INVALID_VALUE', 'The path of the environment is empty', {
      hint: 'The folder you are in is -p .',
    });
  }
  if (target.prefix !== undefined) return expandPath(target.prefix, host);
  if (target.name !== undefined) return prefixOfName(target.name, config);
  const active = host.env['CONDA_PREFIX'];
  if (active !== undefined && active !== '') return path.resolve(host.cwd, active);
  const named = host.env['CONDA_DEFAULT_ENV'];
  if (named === undefined || named === '') return config.get('root_prefix');
  return /[/\\]/.test(named) ? path.resolve(host.cwd, named) : prefixOfName(named, config);
}

/**
 * The directory of a named environment: the one that is there, else where it would be made: in the first of `envs_dirs` that
 * can be written to.
 *
 * @throws {TcondaError} `INVALID_VALUE` when the name is empty, or has characters that no name may have
 */
export function prefixOfName(name: string, config: Pick<Config, 'get'>): string {
  if (name === 'base' || name === 'root') return config.get('root_prefix');
  if (name === '') {
    throw new TcondaError('INVALID_VALUE', 'The name of the environment is empty', {
      hint: 'List environments: tconda env list',
    });
  }
  if (name === '.' || name === '..' || /[/\\:#\s]/.test(name)) {
    const message = /[/\\]/.test(name)
      ? 'Environment names cannot contain path separators'
      : "Environment names cannot contain any of these characters: {'/', '#', ':', ' '}";
    throw new TcondaError('INVALID_VALUE', message, {
      hint: `'${name}' is none; give a path with -p`,
    });
  }
  const dirs = config.get('envs_dirs').map((directory) => path.join(directory, name));
  return (
    dirs.find((prefix) => existsSync(path.join(prefix, 'conda-meta'))) ??
    dirs.find((prefix) => isWritable(path.dirname(prefix))) ??
    dirs[0] ??
    path.join(config.get('root_prefix'), 'envs', name)
  );
}
