import type { Report } from '../model/event.ts';
import type { Journal } from '../model/journal.ts';
import type { LinkMethod } from './link-method.ts';
import { linkPackage, type LinkPackageOptions } from './link-package.ts';
import { toLinkOrder } from './link-part.ts';
import type { LinkThreads } from './link-threads.ts';
import type { PlannedFile, PlannedPackage } from './planned-package.ts';
import { rest } from './rest.ts';
import type { LongShebang } from './shebang.ts';

export interface LinkPackagesOptions {
  readonly journal: Journal;
  readonly threads: LinkThreads;
  readonly report: Report;
  readonly signal?: AbortSignal;
  readonly subdir: string;
  readonly longShebang?: LongShebang;
  readonly methodOf: (planned: PlannedPackage) => LinkMethod;
  /** What is to happen before a package is linked, after those before it; undefined for nothing. */
  readonly before: (planned: PlannedPackage) => (() => Promise<void>) | undefined;
}

/**
 * Makes the files of all packages, begun in their order, each in a thread that is free or else here. Returns the digests of those
 * whose content is not as shipped. When it throws, threads may still be at work.
 */
export async function linkPackages(
  planned: readonly PlannedPackage[],
  options: LinkPackagesOptions,
): Promise<ReadonlyMap<PlannedFile, string>> {
  const { journal, threads, report, signal } = options;
  const digests = new Map<PlannedFile, string>();
  let under: Promise<void>[] = [];
  for (const one of planned) {
    const before = options.before(one);
    if (before !== undefined) {
      await Promise.all(under);
      under = [];
      await before();
    }
    // It may have become another place by now.
    const { prefix, place } = journal;
    const { subdir, longShebang = 'exec' } = options;
    const files: LinkPackageOptions = { prefix, place, subdir, method: options.methodOf(one), longShebang };
    if (threads.hasRoom) {
      const linked = linkInThread(one, files, options, digests);
      linked.catch(() => undefined);
      under.push(linked);
      continue;
    }
    const steps = linkPackage(one, files);
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) await rest(signal);
    for (const [file, digest] of step.value) digests.set(file, digest);
    report({ kind: 'linked', record: one.record });
    await rest(signal);
  }
  await Promise.all(under);
  return digests;
}

async function linkInThread(
  planned: PlannedPackage,
  files: LinkPackageOptions,
  { threads, report, signal }: LinkPackagesOptions,
  digests: Map<PlannedFile, string>,
): Promise<void> {
  const { part, special } = toLinkOrder(planned, files);
  const found = await threads.link(part);
  signal?.throwIfAborted();
  for (const [index, digest] of found) {
    const file = special[index];
    if (file !== undefined) digests.set(file, digest);
  }
  report({ kind: 'linked', record: planned.record });
}
