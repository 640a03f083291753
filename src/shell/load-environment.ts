import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { isReservedVariable, UNSET_VARIABLE } from '../model/environment-variable.ts';
import type { EnvironmentState, ShellState } from './activation.ts';

export interface LoadEnvironmentOptions {
  readonly platform: ShellState['platform'];
  /** conda's `envvars_force_uppercase`. */
  readonly forceUppercase: boolean;
}

const VALID_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const LIBRARY_VARIANTS = ['ucrt64', 'clang64', 'mingw64', 'clangarm64'];

/**
 * Reads what activation heeds in a prefix: `etc/conda/env_vars.d`, `conda-meta/state`, and the scripts (CEP 32). What is
 * broken is left out with a warning: a shell must always start. Synchronous, as a shell waits for it.
 */
export function loadEnvironment(prefix: string, options: LoadEnvironmentOptions): EnvironmentState {
  const warnings: string[] = [];
  const variables = new Map<string, string>();
  const sources = [
    ...listFiles(path.join(prefix, 'etc/conda/env_vars.d')),
    path.join(prefix, 'conda-meta/state'),
  ];
  for (const [index, source] of sources.entries()) {
    const isState = index === sources.length - 1;
    for (const [given, value] of readVariables(source, isState, warnings)) {
      const name = options.forceUppercase ? given.toUpperCase() : given;
      if (!VALID_NAME.test(name) || isReservedVariable(name)) {
        if (value !== UNSET_VARIABLE) warnings.push(`${source}: the variable '${given}' is not taken`);
        continue;
      }
      if (isState && variables.has(name)) warnings.push(`${source}: '${name}' replaces that of a package`);
      variables.set(name, value);
    }
  }
  return {
    prefix,
    variables,
    activateScripts: listFiles(path.join(prefix, 'etc/conda/activate.d')),
    deactivateScripts: listFiles(path.join(prefix, 'etc/conda/deactivate.d')).toReversed(),
    libraryVariant:
      options.platform === 'windows'
        ? LIBRARY_VARIANTS.find((name) => existsSync(path.join(prefix, 'Library', name, 'bin')))
        : undefined,
    warnings,
  };
}

/** Absolute paths, sorted by code point; none if the folder is not there. */
function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .toSorted()
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

function readVariables(
  file: string,
  isState: boolean,
  warnings: string[],
): readonly (readonly [string, string])[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  try {
    const data: unknown = JSON.parse(text);
    const variables = isState ? (data as { env_vars?: unknown }).env_vars : data;
    if (typeof variables !== 'object' || variables === null) return [];
    return Object.entries(variables).map(([name, value]) => [name, String(value)]);
  } catch {
    warnings.push(`${file}: not JSON, so left out`);
    return [];
  }
}
