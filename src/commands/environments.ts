import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import type { Host } from '../host/index.ts';
import { listEnvironments } from '../record/index.ts';
import type { EnvironmentEntry } from '../report/environment-table.ts';

/** Every environment this user knows of: the base first, then those of `envs_dirs` and of `environments.txt`. */
export function findEnvironments(config: LoadedConfig, host: Host): readonly EnvironmentEntry[] {
  const root = config.get('root_prefix');
  const dirs = config.get('envs_dirs');
  const named = dirs.flatMap((directory) => listFolders(directory).map((name) => path.join(directory, name)));
  const known = listEnvironments(environmentsFile(host));
  const others = [...new Set([...named.filter(isListed), ...known])].filter((prefix) => prefix !== root);
  const all = existsSync(root) ? [root, ...others.toSorted()] : others.toSorted();
  return all.map((prefix) => describe(prefix, root, dirs, host));
}

/** The file that lists environments wherever they are, shared with conda. */
export function environmentsFile(host: Pick<Host, 'home'>): string {
  return path.join(host.home, '.conda', 'environments.txt');
}

/** What people call the environment at `prefix`; empty for one that has only a path. */
export function environmentName(prefix: string, root: string, dirs: readonly string[]): string {
  if (prefix === root) return 'base';
  return dirs.includes(path.dirname(prefix)) ? path.basename(prefix) : '';
}

function describe(prefix: string, root: string, dirs: readonly string[], host: Host): EnvironmentEntry {
  const history = path.join(prefix, 'conda-meta', 'history');
  return {
    prefix,
    name: environmentName(prefix, root, dirs),
    isActive: host.env['CONDA_PREFIX'] === prefix,
    isBase: prefix === root,
    isFrozen: existsSync(path.join(prefix, 'conda-meta', 'frozen')),
    isWritable: isWritable(existsSync(history) ? history : prefix),
    created: creationTime(path.join(prefix, 'conda-meta', 'created_at')),
    lastModified: modificationTime(history) ?? modificationTime(prefix),
  };
}

function isListed(prefix: string): boolean {
  return existsSync(path.join(prefix, 'conda-meta', 'history'));
}

function listFolders(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}

/** Whether this user may write to what is there. */
export function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function creationTime(file: string): string | undefined {
  try {
    const seconds = Number(readFileSync(file, 'utf8'));
    return Number.isFinite(seconds) ? isoTime(BigInt(Math.round(seconds * 1e6))) : undefined;
  } catch {
    return undefined;
  }
}

function modificationTime(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : isoTime(stats.mtimeNs / 1000n);
}

/** As python writes a time of the UTC zone. */
function isoTime(microseconds: bigint): string {
  const date = new Date(Number(microseconds / 1000n)).toISOString().slice(0, 19);
  return `${date}.${String(microseconds % 1_000_000n).padStart(6, '0')}+00:00`;
}
