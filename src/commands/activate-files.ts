import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import type { Host } from '../host/index.ts';
import { writeFileAtomicSync } from '../io/atomic-file.ts';
import {
  ACTIVATE_FILE_MARK,
  defaultEnvName,
  type EnvironmentState,
  formatActivateFiles,
} from '../shell/index.ts';
import { loadState } from './activation.ts';

/**
 * Keeps `bin/activate` and its like as the environment at `prefix` is now, so that it can be entered without tconda.
 * They belong to no package: one that a package or a person put there stays. On Windows there are none.
 */
export function writeActivateFiles(prefix: string, config: LoadedConfig, host: Host): void {
  if (!existsSync(path.join(prefix, 'conda-meta'))) return;
  for (const [relative, content] of activateFiles(prefix, config, host)?.contents ?? []) {
    const file = path.join(prefix, relative);
    const old = readOld(file);
    if (old === content || (old !== undefined && !old.startsWith(ACTIVATE_FILE_MARK))) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileAtomicSync(file, content);
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
  }: { readonly isFresh?: boolean; readonly variables?: ReadonlyMap<string, string> | undefined } = {},
): { readonly mark: string; readonly contents: ReadonlyMap<string, string> } | undefined {
  if (host.platform === 'win32') return undefined;
  const name = defaultEnvName(prefix, config.get('root_prefix'), 'unix');
  return {
    mark: ACTIVATE_FILE_MARK,
    contents: formatActivateFiles(
      isFresh ? blankState(prefix, variables) : loadState(prefix, config, host),
      name,
    ),
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
