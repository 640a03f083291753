import type { ArchiveLimits } from '../archive/index.ts';
import type { Config } from '../config/index.ts';
import type { Context } from './command.ts';
import { loadSettings } from './settings.ts';

/** What a package may at most be, by the settings `max_package_bytes` and `max_package_files`. */
export function readLimits(config: Config): Pick<ArchiveLimits, 'bytes' | 'members'> {
  return { bytes: config.get('max_package_bytes'), members: config.get('max_package_files') };
}

/** {@link readLimits} of the settings of a command that needs no others. */
export async function loadLimits(
  options: Parameters<typeof loadSettings>[0],
  context: Context,
): Promise<Pick<ArchiveLimits, 'bytes' | 'members'>> {
  return readLimits(await loadSettings(options, context));
}
