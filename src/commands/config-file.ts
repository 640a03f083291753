import path from 'node:path';

import { expandPath, type LoadedConfig } from '../config/index.ts';
import type { Context, OptionValues } from './command.ts';
import { isEnvironment, notAnEnvironment } from './environment-place.ts';
import { isSet, readText } from './option-values.ts';

/**
 * The file that `config` reads from and writes to; without an option the user's own.
 * @param settings asked only when the file hangs on them: a broken file can be mended without
 * @throws {TcondaError} `PREFIX_NOT_FOUND` for settings of an environment that is not there
 */
export function configFile(
  options: OptionValues,
  { host }: Context,
  settings: () => Pick<LoadedConfig, 'get' | 'targetPrefix'>,
): string {
  const file = readText(options, 'file');
  if (file !== undefined) return path.resolve(host.cwd, file);
  if (isSet(options, 'system')) return path.join(settings().get('root_prefix'), '.condarc');
  if (isSet(options, 'env') || options['name'] !== undefined || options['prefix'] !== undefined) {
    const { get, targetPrefix } = settings();
    if (targetPrefix !== get('root_prefix') && !isEnvironment(targetPrefix))
      throw notAnEnvironment(targetPrefix);
    return path.join(targetPrefix, '.condarc');
  }
  const named = host.env['CONDARC'];
  return named === undefined || named === '' ? path.join(host.home, '.condarc') : expandPath(named, host);
}
