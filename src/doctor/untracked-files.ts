import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { PrefixData } from '../model/prefix-record.ts';

/**
 * Files of an environment that belong to no package, relative and sorted. Not among them: what clients keep in an environment,
 * what python compiles, and what pip installed and lists.
 */
export function findUntracked({
  prefix,
  records,
}: Pick<PrefixData, 'prefix' | 'records'>): readonly string[] {
  const known = new Set(records.flatMap(({ files }) => files));
  const found: string[] = [];
  const lists: string[] = [];
  const visit = (directory: string): void => {
    for (const entry of readdirSync(path.join(prefix, directory), { withFileTypes: true })) {
      const name = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!KEPT.has(name) && entry.name !== '__pycache__') visit(name);
      } else if (!known.has(name)) {
        found.push(name);
        if (name.endsWith('.dist-info/RECORD')) lists.push(name);
      }
    }
  };
  visit('');
  const ofPip = new Set(lists.flatMap((list) => filesOf(prefix, list)));
  return found.filter((name) => !ofPip.has(name) && !OWN.test(name)).toSorted();
}

const KEPT: ReadonlySet<string> = new Set(['conda-meta', '__clobbers__', 'envs', 'pkgs']);
const OWN = /^(?:bin\/activate(?:\.\w+)?|\.condarc|\.nonadmin)$/;

/** What a list of pip names: paths relative to `site-packages`, each with digest and size behind it. */
function filesOf(prefix: string, list: string): readonly string[] {
  const base = path.posix.dirname(path.posix.dirname(list));
  return readFileSync(path.join(prefix, list), 'utf8')
    .split(/\r?\n/)
    .map((line) => /^(?:"((?:[^"]|"")*)"|([^,]*))/.exec(line))
    .map((match) => match?.[1]?.replaceAll('""', '"') ?? match?.[2] ?? '')
    .filter((name) => name !== '')
    .map((name) => path.posix.join(base, name));
}
