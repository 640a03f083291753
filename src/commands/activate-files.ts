import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import type { Host } from '../host/index.ts';
import { isTemporaryName, writeFileAtomicSync } from '../io/atomic-file.ts';
import {
  ACTIVATE_FILE_MARK,
  defaultEnvName,
  type EnvironmentState,
  formatActivateFiles,
} from '../shell/index.ts';
import { loadState } from './activation.ts';

/**
 * Keeps `bin/activate` and its like as the environment at `prefix` is now, so that it can be entered without tconda.
 * They belong to no package: one that a package or a person put there stays. On Windows there are none. `place` is where the
 * environment is as long as it has not got its name.
 */
export function writeActivateFiles(
  prefix: string,
  config: LoadedConfig,
  host: Host,
  place: string = prefix,
): void {
  if (!existsSync(path.join(place, 'conda-meta'))) return;
  for (const [relative, content] of activateFiles(prefix, config, host, { place })?.contents ?? []) {
    const file = path.join(place, relative);
    const old = readOld(file);
    if (old === content || (old !== undefined && !old.startsWith(ACTIVATE_FILE_MARK))) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileAtomicSync(file, content);
    sweepUnfinished(file);
  }
}

/** What those left who died while they wrote the file, a minute ago or more. */
function sweepUnfinished(file: string): void {
  const directory = path.dirname(file);
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(`${path.basename(file)}.`) || !isTemporaryName(name)) continue;
    const left = path.join(directory, name);
    const age = Date.now() - (statSync(left, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
    if (age > 60_000) rmSync(left, { force: true });
  }
}

/** The same as a part of a change of the environment. `isFresh`: what it sets now does not stay, and it sets `variables`. */
export function activateFiles(
  prefix: string,
  config: LoadedConfig,
  host: Host,
  {
    isFresh = false,
    variables = new Map(),
    place = prefix,
  }: {
    readonly isFresh?: boolean;
    readonly variables?: ReadonlyMap<string, string> | undefined;
    readonly place?: string;
  } = {},
): { readonly mark: string; readonly contents: ReadonlyMap<string, string> } | undefined {
  if (host.platform === 'win32') return undefined;
  const name = defaultEnvName(prefix, config.get('root_prefix'), 'unix');
  return {
    mark: ACTIVATE_FILE_MARK,
    contents: formatActivateFiles(
      isFresh ? blankState(prefix, variables) : stateAt(place, prefix, config, host),
      name,
    ),
  };
}

/** What the environment at `place` sets when it is at `prefix`. */
function stateAt(place: string, prefix: string, config: LoadedConfig, host: Host): EnvironmentState {
  const state = loadState(place, config, host);
  const move = (file: string): string => path.join(prefix, path.relative(place, file));
  return place === prefix
    ? state
    : {
        ...state,
        prefix,
        activateScripts: state.activateScripts.map(move),
        deactivateScripts: state.deactivateScripts.map(move),
      };
}

function blankState(prefix: string, variables: ReadonlyMap<string, string>): EnvironmentState {
  return {
    prefix,
    variables,
    activateScripts: [],
    deactivateScripts: [],
    libraryVariant: undefined,
    warnings: [],
  };
}

function readOld(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
