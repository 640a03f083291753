import { loadPackageInfo } from '../archive/index.ts';
import { TcondaError } from '../errors.ts';
import { sortByDependencies } from '../model/dependency-order.ts';
import type { Report } from '../model/event.ts';
import type { ExtractedPackage } from '../model/package-files.ts';
import type { PackageInfo } from '../model/package-info.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import { pythonLayout } from '../model/python-paths.ts';
import type { Transaction } from '../model/transaction.ts';
import { findLauncher } from './launcher.ts';
import type { LinkThreads } from './link-threads.ts';
import type { LookedAt } from './look-at-files.ts';
import { type PlannedPackage, planPackage, type PlanPackageOptions, toLookTask } from './planned-package.ts';
import { rest } from './rest.ts';

export interface PreparePackagesOptions {
  readonly threads: LinkThreads;
  readonly report: Report;
  readonly signal?: AbortSignal;
  readonly subdir: string;
  readonly canRun: boolean;
  readonly compilePyc?: boolean;
  readonly safetyChecks?: 'disabled' | 'warn' | 'enabled';
  readonly extraSafetyChecks?: boolean;
  /** Provides packages anew whose files in the cache are not as they came. Without it, or when it fails, they are what they are. */
  readonly provideAgain?:
    ((damaged: readonly ExtractedPackage[]) => Promise<readonly ExtractedPackage[]>) | undefined;
}

export interface PreparedPackages {
  /** In the order of unlinking. */
  readonly removed: readonly PrefixRecord[];
  readonly unchanged: readonly PrefixRecord[];
  /** In the order of linking. */
  readonly planned: readonly PlannedPackage[];
}

/**
 * Reads what the transaction links, and looks at all of it.
 * @throws {TcondaError} `PACKAGE_DAMAGED`, `INVALID_PACKAGE`, `INVALID_PACKAGE_INFO`, `UNSAFE_ARCHIVE`
 */
export async function preparePackages(
  transaction: Transaction,
  packages: readonly ExtractedPackage[],
  options: PreparePackagesOptions,
): Promise<PreparedPackages> {
  const { operations, unchanged } = transaction;
  const removed = operations.flatMap((operation) => ('remove' in operation ? [operation.remove] : []));
  const extracted = new Map(packages.map((one) => [one.record.name as string, one]));
  const toLink = operations.flatMap((operation) => {
    if (!('install' in operation)) return [];
    const found = extracted.get(operation.install.name);
    if (found === undefined) throw new TypeError(`${operation.install.fn} was not extracted`);
    return [{ ...found, record: operation.install }];
  });
  const python = [...toLink.map(({ record }) => record), ...unchanged].find(({ name }) => name === 'python');
  const layout = python === undefined ? undefined : pythonLayout(python, options.subdir);
  const launcher = findLauncher(transaction.prefix, toLink, unchanged, options.subdir);
  const planOptions: PlanPackageOptions = {
    subdir: options.subdir,
    python: layout,
    compilePyc: options.compilePyc !== false && options.canRun,
    checkSizes: options.safetyChecks !== 'disabled',
    checkDigests: options.extraSafetyChecks === true,
    onDamage: (text) => reportDamage(text, options),
    launcher,
  };
  const planned = await planAll(toLink, planOptions, options);
  return { removed: sortByDependencies(removed).toReversed(), unchanged, planned };
}

async function planAll(
  toLink: readonly ExtractedPackage[],
  planOptions: PlanPackageOptions,
  options: PreparePackagesOptions,
): Promise<readonly PlannedPackage[]> {
  const { provideAgain, report, signal } = options;
  const read: { one: ExtractedPackage; info: PackageInfo; looked: Promise<LookedAt> }[] = [];
  const planned = new Map<string, PlannedPackage>();
  const damaged: ExtractedPackage[] = [];
  const note = (one: ExtractedPackage, error: unknown): void => {
    if (provideAgain === undefined || !(error instanceof TcondaError) || !DAMAGES.has(error.code))
      throw error;
    const text = `The package cache has ${one.record.fn} not as it came: ${error.message}`;
    report({ kind: 'warning', code: error.code, text });
    damaged.push(one);
  };
  for (const one of toLink) {
    try {
      const info = loadPackageInfo(one.directory);
      const looked = options.threads.look(toLookTask(one, info));
      // What is wrong is met below.
      looked.catch(() => undefined);
      read.push({ one, info, looked });
    } catch (error) {
      note(one, error);
    }
    await rest(signal);
  }
  const onDamage = (text: string): never => {
    throw new TcondaError('PACKAGE_DAMAGED', text);
  };
  const first = provideAgain === undefined ? planOptions : { ...planOptions, onDamage };
  for (const { one, info, looked } of read) {
    const seen = await looked;
    try {
      planned.set(one.record.name, planPackage(one, info, seen, first));
    } catch (error) {
      note(one, error);
    }
  }
  if (provideAgain !== undefined && damaged.length > 0) {
    // Where it can't be had anew, what there is must do or be refused.
    const fresh = await provideAgain(damaged).catch(() => damaged);
    signal?.throwIfAborted();
    const again = fresh.map((one, index) => ({ ...one, record: damaged[index]?.record ?? one.record }));
    const others = await planAll(again, planOptions, { ...options, provideAgain: undefined });
    for (const one of others) planned.set(one.record.name, one);
  }
  return toLink.flatMap(({ record }) => planned.get(record.name) ?? []);
}

/** What becomes of files that are lost or written to by somebody. */
const DAMAGES: ReadonlySet<string> = new Set(['PACKAGE_DAMAGED', 'INVALID_PACKAGE_INFO']);

function reportDamage(text: string, options: PreparePackagesOptions): void {
  if (options.safetyChecks === 'enabled') throw new TcondaError('PACKAGE_DAMAGED', text);
  options.report({ kind: 'warning', code: 'PACKAGE_DAMAGED', text });
}
