import type { LoadedConfig } from '../config/index.ts';
import type { Context } from './command.ts';

/** What every new environment gets: the specs of `create_default_packages`. Archives are no specs. */
export function defaultPackages(config: Pick<LoadedConfig, 'get'>): readonly string[] {
  return config.get('create_default_packages').filter((text) => !ARCHIVE.test(text));
}

/** Tells of the archives among `create_default_packages`, which are passed over. */
export function warnOfDefaultArchives(config: Pick<LoadedConfig, 'get'>, context: Context): void {
  const archives = config.get('create_default_packages').filter((text) => ARCHIVE.test(text));
  if (archives.length === 0 || context.global.quiet) return;
  context.warn(
    `warning: create_default_packages takes names and specs, no files; left out: ${archives.join(', ')}`,
  );
}

const ARCHIVE = /\.(?:conda|tar\.bz2)$/;
