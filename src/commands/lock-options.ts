import type { LoadedConfig } from '../config/index.ts';
import type { PrefixLockOptions } from '../record/index.ts';
import type { Context } from './command.ts';

/** How a command waits for others that change the same environment. */
export function lockOptions(
  config: LoadedConfig,
  { report, signal }: Context,
): PrefixLockOptions & Pick<Context, 'report' | 'signal'> {
  const seconds = config.get('lock_timeout');
  return { report, signal, ...(seconds > 0 && { lockTimeout: seconds * 1000 }) };
}
