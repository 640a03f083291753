import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Host } from '../host/index.ts';

/**
 * The base environment when neither a variable nor a file names one: the conda that tconda is installed in, else the
 * conda whose shell this is (`CONDA_EXE`), else `~/tconda`, which need not exist.
 */
export function findRootPrefix(host: Pick<Host, 'program' | 'env' | 'home'>): string {
  return installedRoot(host.program) ?? callingRoot(host) ?? path.join(host.home, 'tconda');
}

function installedRoot(program: string | undefined): string | undefined {
  if (program === undefined) return undefined;
  for (let directory = path.dirname(program); ; directory = path.dirname(directory)) {
    if (isEnvironment(directory)) return baseOf(directory);
    if (path.dirname(directory) === directory) return undefined;
  }
}

function callingRoot({ env }: Pick<Host, 'env'>): string | undefined {
  const program = env['CONDA_EXE'];
  if (program === undefined || !path.isAbsolute(program)) return undefined;
  const root = path.dirname(path.dirname(program));
  return isEnvironment(root) ? root : undefined;
}

/** An environment in `BASE/envs/` belongs to that base. */
function baseOf(prefix: string): string {
  const parent = path.dirname(prefix);
  const base = path.dirname(parent);
  return path.basename(parent) === 'envs' && isEnvironment(base) ? base : prefix;
}

function isEnvironment(directory: string): boolean {
  return existsSync(path.join(directory, 'conda-meta', 'history'));
}
