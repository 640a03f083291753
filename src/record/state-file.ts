import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { writeFileAtomicSync } from '../io/atomic-file.ts';
import { UNSET_VARIABLE } from '../model/environment-variable.ts';
import { readText } from './prefix-files.ts';
import { type PrefixLockOptions, withPrefixHeld } from './prefix-lock.ts';

/** Relative to the prefix. */
export const STATE_FILE = 'conda-meta/state';

/**
 * The variables of an environment, as `conda-meta/state` has them, without those that are unset.
 * @throws {TcondaError} `PREFIX_CORRUPT`
 */
export function readStateVariables(prefix: string): ReadonlyMap<string, string> {
  const entries = Object.entries(readState(prefix).env_vars ?? {});
  return new Map(
    entries
      .map(([name, value]): [string, string] => [name, String(value)])
      .filter(([, value]) => value !== UNSET_VARIABLE),
  );
}

/**
 * Sets variables, and unsets those whose value is undefined. Whatever else the file holds stays, also what others set at the
 * same time.
 * @throws {TcondaError} `PREFIX_CORRUPT`, `PREFIX_NOT_WRITABLE`, `NO_SPACE`, `LOCK_TIMEOUT`
 */
export async function updateStateVariables(
  prefix: string,
  changes: ReadonlyMap<string, string | undefined>,
  options: PrefixLockOptions,
): Promise<void> {
  await withPrefixHeld(prefix, options, () => {
    writeFileAtomicSync(fileOf(prefix), formatState(changes, readState(prefix)));
  });
}

/** What `conda-meta/state` holds after `changes`. */
export function formatState(changes: ReadonlyMap<string, string | undefined>, state: State = {}): string {
  const variables = { ...state.env_vars };
  for (const [name, value] of changes) variables[name] = value ?? UNSET_VARIABLE;
  return JSON.stringify({ version: 1, ...state, env_vars: variables });
}

interface State {
  readonly env_vars?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

function fileOf(prefix: string): string {
  return path.join(prefix, STATE_FILE);
}

function readState(prefix: string): State {
  const text = readText(fileOf(prefix));
  if (text === undefined) return {};
  try {
    const state: unknown = JSON.parse(text);
    if (typeof state === 'object' && state !== null) return state as State;
  } catch (cause) {
    throw new TcondaError('PREFIX_CORRUPT', `${fileOf(prefix)} is no JSON`, { cause });
  }
  throw new TcondaError('PREFIX_CORRUPT', `${fileOf(prefix)} is no JSON object`);
}
