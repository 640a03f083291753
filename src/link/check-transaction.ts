import { accessSync, constants, lstatSync, statfsSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { Report } from '../model/event.ts';
import type { Journal, JournalPlan } from '../model/journal.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import { findLinkMethod, type LinkMethod, type LinkPreference } from './link-method.ts';
import type { PlannedPackage } from './planned-package.ts';
import { parentOf, resolveTarget } from './prefix-tree.ts';

export interface CheckOptions extends LinkPreference {
  readonly journal: Journal;
  readonly report: Report;
}

/** Says which files somebody changed, of packages that go or become others, and where they are from now on. */
export function reportChanged(
  changed: ReadonlyMap<PrefixRecord, ReadonlySet<string>>,
  plan: JournalPlan,
  report: Report,
): void {
  const moved = new Map(plan.moved);
  for (const [record, files] of changed) {
    if (files.size === 0) continue;
    const names = [...files].map((file) => moved.get(file) ?? file);
    const shown = names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES), '...'] : names;
    const what = files.size === 1 ? 'A file' : `${files.size} files`;
    const text = `${what} of ${record.name} had been changed and ${files.size === 1 ? 'is' : 'are'} kept: ${shown.join(', ')}`;
    report({ kind: 'warning', code: 'CHANGED_FILES_KEPT', text });
  }
}

const MOST_NAMES = 10;

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
      if (method === 'copy' && options.alwaysCopy !== true) {
        const text = `Files are copied, for no hard link can be made from ${cache} to ${options.journal.prefix}`;
        options.report({ kind: 'message', text: `${text}; \`always_copy: true\` copies without a word` });
      }
    }
    methods.set(one, method);
  }
  return methods;
}

/**
 * Every directory in which something comes or goes must let us, and so must those that are moved as a whole.
 * @throws {TcondaError} `PREFIX_NOT_WRITABLE`
 */
export function checkPermissions(prefix: string, plan: JournalPlan): void {
  const { aside, replacedDirectories, directories, moved, created, emptied } = plan;
  const files = [...aside, ...replacedDirectories, ...directories, ...moved.flat(), ...created];
  const made = new Set(directories);
  for (const directory of new Set([...files.map(parentOf), ...emptied])) {
    if (!made.has(directory)) checkAccess(prefix, directory);
  }
  for (const name of aside) {
    if (lstatSync(path.join(prefix, name), { throwIfNoEntry: false })?.isDirectory() === true) {
      checkAccess(prefix, name);
    }
  }
}

function checkAccess(prefix: string, directory: string): void {
  try {
    accessSync(path.join(prefix, directory), constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return;
    throw new TcondaError(
      'PREFIX_NOT_WRITABLE',
      `You may not write to ${path.join(prefix, directory)} (${code})`,
      { cause, data: { environment_location: prefix } },
    );
  }
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
