import { existsSync } from 'node:fs';
import path from 'node:path';

import { namesIn } from '../io/names-in.ts';
import { findLeaseHolder } from '../io/lease-file.ts';

/**
 * What a process that died left of a change: its journal, its lock. Nothing while a living one is at work.
 * @returns paths relative to the prefix
 */
export async function findUnfinished(prefix: string): Promise<readonly string[]> {
  const lock = path.join(prefix, 'conda-meta', '.tconda.lock');
  if (existsSync(lock) && (await findLeaseHolder(lock)) !== undefined) return [];
  return namesIn(path.join(prefix, 'conda-meta'))
    .filter((name) => name === '.tconda' || name.startsWith('.tconda.lock'))
    .map((name) => `conda-meta/${name}`);
}
