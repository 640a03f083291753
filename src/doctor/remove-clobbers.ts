import { lstatSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import type { PrefixData } from '../model/prefix-record.ts';
import { listDistributionFiles, type PythonDistribution } from '../record/index.ts';
import { findClobbering } from './pip-clobbers.ts';

/**
 * Removes what pip installed over packages of conda, so that python finds conda's: what it lists and no package of conda has. To be
 * called when the files of those are there again; the list goes last, so that one who was cut off can go on.
 * @returns what is gone, `numpy 2.0` as pip had it
 */
export function removePipClobbers(
  installed: Pick<PrefixData, 'prefix' | 'records'>,
  subdir: string,
): readonly string[] {
  const { prefix, records } = installed;
  const owned = new Set(records.flatMap(({ files }) => files));
  return findClobbering(installed, subdir).map(({ distribution }) => {
    const { metadata } = distribution;
    const files = [...listDistributionFiles(prefix, distribution), ...filesOfMetadata(prefix, distribution)];
    const list = `${metadata}/RECORD`;
    const gone = [...new Set(files.filter((file) => file !== list)), list].filter((file) => !owned.has(file));
    for (const file of gone) removeWithin(prefix, file);
    return `${distribution.displayName} ${distribution.version}`;
  });
}

function filesOfMetadata(prefix: string, { metadata }: PythonDistribution): readonly string[] {
  const place = path.join(prefix, metadata);
  if (lstatSync(place, { throwIfNoEntry: false })?.isDirectory() !== true) return [metadata];
  return readdirSync(place, { recursive: true, encoding: 'utf8' }).map((name) => `${metadata}/${name}`);
}

/** Whatever a list says, nothing outside of the environment is touched. Directories go when nothing is left in them. */
function removeWithin(prefix: string, file: string): void {
  const target = path.join(prefix, file);
  const root = realpathSync(prefix);
  try {
    const parent = realpathSync(path.dirname(target));
    if (!`${parent}${path.sep}`.startsWith(`${root}${path.sep}`)) return;
    if (lstatSync(target).isDirectory()) rmdirSync(target);
    else rmSync(target);
    for (let above = parent; above !== root; above = path.dirname(above)) rmdirSync(above);
  } catch {
    // It is not there, or a directory that holds more.
  }
}
