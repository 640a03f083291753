import path from 'node:path';

import { expandPath, type LoadedConfig } from '../config/index.ts';
import type { Context, OptionValues } from './command.ts';
import { isSet, readText } from './option-values.ts';

/**
 * The file that `config` reads from and writes to; without an option the user's own.
 * @param settings asked only when the file hangs on them: a broken file can be mended without
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
    return path.join(settings().targetPrefix, '.condarc');
  }
  const named = host.env['CONDARC'];
  return named === undefined || named === '' ? path.join(host.home, '.condarc') : expandPath(named, host);
}
