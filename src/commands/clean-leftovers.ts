import { statSync } from 'node:fs';

import type { Cleanable } from '../fetch/index.ts';
import { findLeftBeside, findLeftListed } from '../record/index.ts';

/**
 * What processes that died left of environments that they made, copied, removed or ran a program in, and of the list of
 * environments. What belongs to one that lives is not among it.
 */
export async function findLeftovers(
  envsDirs: readonly string[],
  environmentsFile: string,
): Promise<readonly Cleanable[]> {
  const beside = await Promise.all(envsDirs.map(findLeftBeside));
  return [...beside.flat(), ...findLeftListed(environmentsFile, Date.now())].map(({ path, remove }) => ({
    path,
    name: path,
    size: 0,
    lastUse: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
    remove,
  }));
}
