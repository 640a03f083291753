import path from 'node:path';

import { type EnvironmentState, type ShellState, variable } from './activation.ts';

const DEFAULT_PATHS = {
  unix: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  windows: 'C:\\Windows\\system32;C:\\Windows;C:\\Windows\\System32\\Wbem',
} as const;

/** The entries of PATH as it is; a shell without one gets the system's. */
export function readPath(shell: ShellState): readonly string[] {
  const text = variable(shell.env, 'PATH') ?? DEFAULT_PATHS[shell.platform];
  return text.split(pathSeparator(shell.platform)).filter((entry) => entry !== '');
}

/** What stands between the entries of PATH. */
export function pathSeparator(platform: ShellState['platform']): string {
  return platform === 'windows' ? ';' : ':';
}

/** The folders an environment adds to PATH, first searched first (CEP 32). */
export function pathEntries(
  environment: Pick<EnvironmentState, 'prefix' | 'libraryVariant'>,
  platform: ShellState['platform'],
): readonly string[] {
  const { prefix, libraryVariant } = environment;
  if (platform === 'unix') return [path.posix.join(prefix, 'bin')];
  const variants = libraryVariant === undefined ? [] : [`Library\\${libraryVariant}\\bin`];
  const folders = ['Library\\mingw-w64\\bin', 'Library\\usr\\bin', 'Library\\bin', 'Scripts', 'bin'];
  return [prefix, ...[...variants, ...folders].map((folder) => path.win32.join(prefix, folder))];
}

/** PATH with the new entries in front. The root's `condabin` comes along if there is none yet. */
export function addEntries(
  entries: readonly string[],
  added: readonly string[],
  rootPrefix: string | undefined,
  platform: ShellState['platform'],
): readonly string[] {
  const flavour = platform === 'windows' ? path.win32 : path.posix;
  if (rootPrefix === undefined || entries.some((entry) => flavour.basename(entry) === 'condabin')) {
    return [...added, ...entries];
  }
  return [...added, flavour.join(rootPrefix, 'condabin'), ...entries];
}

/**
 * PATH with one environment's entries put where another's were; in front if there were none. Each old entry goes once,
 * and what stands between them stays.
 */
export function replaceEntries(
  entries: readonly string[],
  old: readonly string[],
  added: readonly string[],
  platform: ShellState['platform'],
): readonly string[] {
  const key = (entry: string): string => comparable(entry, platform);
  const keys = entries.map(key);
  const gone = new Set(old.map((entry) => keys.indexOf(key(entry))).filter((index) => index >= 0));
  const at = gone.size > 0 ? Math.min(...gone) : 0;
  const rest = entries.filter((_, index) => !gone.has(index));
  return rest.toSpliced(at, 0, ...added);
}

function comparable(entry: string, platform: ShellState['platform']): string {
  if (platform === 'windows') return path.win32.normalize(entry).replace(/\\$/, '').toLowerCase();
  return entry.length > 1 ? entry.replace(/\/+$/, '') : entry;
}
