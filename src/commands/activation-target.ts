import path from 'node:path';

import { type LoadedConfig, prefixOfName } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import { isEnvironment, noEnvironment } from './environment-place.ts';
import { expandHome } from './expand-home.ts';

/**
 * The prefix that `activate TARGET` means: a path if there is a slash in it, else a name. The base may be empty.
 * @throws {TcondaError} `ENVIRONMENT_NAME_NOT_FOUND`, `PREFIX_NOT_FOUND`
 */
export function findActivationTarget(target: string, config: LoadedConfig, host: Host): string {
  if (/[\\/]/.test(target)) {
    const prefix = path.resolve(host.cwd, expandHome(target, host.home));
    if (!isEnvironment(prefix)) throw noEnvironment(prefix);
    return prefix;
  }
  const prefix = prefixOfName(target, config);
  if (prefix !== config.get('root_prefix') && !isEnvironment(prefix)) {
    throw new TcondaError('ENVIRONMENT_NAME_NOT_FOUND', `Could not find conda environment: ${target}`, {
      data: { environment_name: target },
    });
  }
  return prefix;
}
