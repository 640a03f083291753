import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Host } from '../host/index.ts';
import { expandPath } from './expand.ts';

const VARIABLES = ['TCONDA_ROOT_PREFIX', 'CONDA_ROOT_PREFIX', 'CONDA_ROOT', 'MAMBA_ROOT_PREFIX'] as const;

/**
 * The base environment: what a variable names; else the conda that tconda is installed in; else the conda whose shell
 * this is (`CONDA_EXE`); else `~/tconda`, which need not exist. A `root_prefix` in a file comes before the last three.
 */
export function findRootPrefix(host: Host, configured: string | undefined): string {
  const named = rootPrefixOfEnvironment(host) ?? configured;
  if (named !== undefined) return expandPath(named, host);
  return installedRoot(host.program) ?? callingRoot(host) ?? path.join(host.home, 'tconda');
}

/** The variables alone, for the time before files are read. */
export function rootPrefixOfEnvironment({ env }: Pick<Host, 'env'>): string | undefined {
  return VARIABLES.map((name) => env[name]?.trim()).find((value) => value !== undefined && value !== '');
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
