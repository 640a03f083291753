import { readdirSync } from 'node:fs';
import path from 'node:path';

import type { PrefixData } from '../model/prefix-record.ts';

/** Files that no package brought and that are not what conda itself keeps. Compiled python code counts to its source. */
export function findUntracked({ prefix, records }: PrefixData): readonly string[] {
  const owned = new Set(records.flatMap(({ files }) => files));
  return filesBelow(prefix, '')
    .filter((file) => !owned.has(file) && !isOurs(file))
    .toSorted();
}

function filesBelow(prefix: string, below: string): readonly string[] {
  return readdirSync(path.join(prefix, below), { withFileTypes: true }).flatMap((entry) => {
    const at = below === '' ? entry.name : `${below}/${entry.name}`;
    if (!entry.isDirectory()) return [at];
    // Environments and caches of a base are no files of it.
    return below === '' && (entry.name === 'envs' || entry.name === 'pkgs') ? [] : filesBelow(prefix, at);
  });
}

function isOurs(file: string): boolean {
  return (
    /^(?:conda-meta|__clobbers__)\//.test(file) ||
    // What init writes into the root prefix.
    /^(?:condabin\/tconda|etc\/profile\.d\/tconda)\b/.test(file) ||
    /^bin\/activate(?:\.\w+)?$/.test(file) ||
    file.endsWith('.pyc') ||
    file === '.condarc' ||
    file === '.messages.txt'
  );
}
