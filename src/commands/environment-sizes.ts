import type { LoadedConfig } from '../config/index.ts';
import type { EnvironmentEntry } from '../report/environment-table.ts';
import type { Context } from './command.ts';
import { environmentSize } from './disk-usage.ts';
import { loadPrefixAt } from './environment.ts';

/** Environments with the size of their packages. */
export function withSizes(
  entries: readonly EnvironmentEntry[],
  config: LoadedConfig,
  context: Context,
): Promise<readonly EnvironmentEntry[]> {
  return Promise.all(
    entries.map(async (entry) => {
      const { records } = await loadPrefixAt(entry.prefix, config, context);
      return { ...entry, size: environmentSize(entry.prefix, records) };
    }),
  );
}
