import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import type { Context, OptionValues } from './command.ts';
import { isSet, readText } from './option-values.ts';

/** The file that `config` reads from and writes to; without an option the user's own. */
export function configFile(options: OptionValues, settings: LoadedConfig, { host }: Context): string {
  const file = readText(options, 'file');
  if (file !== undefined) return path.resolve(host.cwd, file);
  if (isSet(options, 'system')) return path.join(settings.get('root_prefix'), '.condarc');
  if (isSet(options, 'env') || options['name'] !== undefined || options['prefix'] !== undefined) {
    return path.join(settings.targetPrefix, '.condarc');
  }
  return host.env['CONDARC'] ?? path.join(host.home, '.condarc');
}
