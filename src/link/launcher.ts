import { existsSync } from 'node:fs';
import path from 'node:path';

import type { ExtractedPackage } from '../model/package-files.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import { archOfSubdir, osOfSubdir } from '../model/subdir.ts';

/**
 * The program for Windows that starts the script of its own name beside it. We bring none: setuptools has one for every
 * machine, and is in nearly every environment with python code. Absolute; undefined where none is at hand.
 */
export function findLauncher(
  prefix: string,
  toLink: readonly ExtractedPackage[],
  unchanged: readonly PrefixRecord[],
  subdir: string,
): string | undefined {
  if (osOfSubdir(subdir) !== 'win') return undefined;
  const arch = archOfSubdir(subdir);
  const file = `setuptools/cli-${arch === 'x86_64' ? '64' : arch === 'x86' ? '32' : arch}.exe`;
  const found = toLink.find(({ record }) => record.name === 'setuptools');
  if (found !== undefined) {
    const places = ['site-packages', 'Lib/site-packages'];
    return places.map((place) => path.join(found.directory, place, file)).find(existsSync);
  }
  const installed = unchanged.find(({ name }) => name === 'setuptools');
  const place = installed?.files.find((candidate) => candidate.endsWith(`/${file}`));
  return place === undefined ? undefined : path.join(prefix, place);
}
