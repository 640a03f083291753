import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

import type { Host } from '../host/index.ts';

/** The program that is a command of another's: `tconda-foo` on PATH is `tconda foo`; what was written for conda is the second choice. */
export function findExternal(
  name: string,
  { env, platform }: Pick<Host, 'env' | 'platform'>,
): string | undefined {
  if (!/^[A-Za-z0-9][\w-]*$/.test(name)) return undefined;
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const suffixes = platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  const names = ['tconda', 'conda'].flatMap((tool) => suffixes.map((suffix) => `${tool}-${name}${suffix}`));
  const files = names.flatMap((file) => folders.map((folder) => path.join(folder, file)));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

/** What a child inherits. */
export function inheritedEnvironment({ env }: Pick<Host, 'env'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
