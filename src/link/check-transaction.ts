import { statfsSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { Report } from '../model/event.ts';
import type { Journal } from '../model/journal.ts';
import { findLinkMethod, type LinkMethod, type LinkPreference } from './link-method.ts';
import type { PlannedPackage } from './planned-package.ts';
import { resolveTarget } from './prefix-tree.ts';
import type { PathConflict } from './settle-claims.ts';

export interface CheckOptions extends LinkPreference {
  readonly journal: Journal;
  readonly report: Report;
  readonly pathConflict?: 'clobber' | 'warn' | 'prevent';
}

/** @throws {TcondaError} `CLOBBER`, where conflicts are to be prevented */
export function reportConflict(conflict: PathConflict, options: CheckOptions): void {
  const { path: file, packages, kind } = conflict;
  const text =
    kind === 'unknown'
      ? `${file} of ${packages.join(', ')} takes the place of a file that no package has`
      : `${packages.join(' and ')} have ${file}; that of ${packages[0]} is used`;
  if (options.pathConflict === 'prevent') {
    throw new TcondaError('CLOBBER', text, {
      hint: 'Allow it with --clobber',
      data: { path: file, packages, kind },
    });
  }
  if (options.pathConflict === 'warn' || kind === 'unknown') {
    options.report({ kind: 'warning', code: 'CLOBBER', text });
  }
}

/** Drivers link to libraries of the system, so that this is no error; but it is worth knowing. */
export function checkLinksOut(planned: readonly PlannedPackage[], options: CheckOptions): void {
  for (const { record, files } of planned) {
    for (const { place, target } of files) {
      if (target === undefined) continue;
      const directory = path.posix.dirname(place);
      if (resolveTarget(options.journal.prefix, directory === '.' ? '' : directory, target) !== undefined) {
        continue;
      }
      const text = `${place} of ${record.name} is a symlink that leads out of the environment: ${target}`;
      options.report({ kind: 'warning', code: 'LINK_OUT', text });
    }
  }
}

/** How the unchanged files of each package are linked, tried once for each cache. */
export function findMethods(
  planned: readonly PlannedPackage[],
  options: CheckOptions,
): ReadonlyMap<PlannedPackage, LinkMethod> {
  const byCache = new Map<string, LinkMethod>();
  const methods = new Map<PlannedPackage, LinkMethod>();
  for (const one of planned) {
    const { directory } = one.package;
    const cache = path.dirname(directory);
    let method = byCache.get(cache);
    if (method === undefined) {
      const sample = path.join(directory, 'info', 'index.json');
      method = findLinkMethod(sample, options.journal.scratch, options);
      byCache.set(cache, method);
    }
    methods.set(one, method);
  }
  return methods;
}

/** What is copied must fit. What is linked takes none to speak of. @throws {TcondaError} `NO_SPACE` */
export function checkSpace(
  planned: readonly PlannedPackage[],
  methods: ReadonlyMap<PlannedPackage, LinkMethod>,
  { prefix, place }: Pick<Journal, 'prefix' | 'place'>,
): void {
  let needed = 0;
  for (const one of planned) {
    const isCopied = methods.get(one) === 'copy';
    for (const { entry } of one.files) {
      if (isCopied || entry?.prefix_placeholder !== undefined) needed += entry?.size_in_bytes ?? 0;
    }
  }
  const { bavail, bsize } = statfsSync(place);
  if (needed <= bavail * bsize) return;
  throw new TcondaError('NO_SPACE', `${prefix} needs ${needed} bytes, and ${bavail * bsize} are free`);
}
