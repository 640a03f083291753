import path from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';

import { TcondaError } from '../errors.ts';
import { sortByDependencies } from '../model/dependency-order.ts';
import type { Report } from '../model/event.ts';
import type { Journal } from '../model/journal.ts';
import type { ExtractedPackage } from '../model/package-files.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import { type PythonLayout, pythonLayout } from '../model/python-paths.ts';
import type { Transaction } from '../model/transaction.ts';
import { buildRecord } from './build-record.ts';
import {
  checkLinksOut,
  checkPermissions,
  checkSpace,
  findMethods,
  reportConflict,
} from './check-transaction.ts';
import { compilePyc } from './compile-pyc.ts';
import { findLauncher } from './launcher.ts';
import { writeFile } from './link-file.ts';
import type { LinkPreference } from './link-method.ts';
import { checkRoom, linkPackage } from './link-package.ts';
import type { ActivatedProgram } from './link-script.ts';
import type { OwnFiles } from './own-files.ts';
import { planPrefix } from './plan-prefix.ts';
import { type PlannedFile, type PlannedPackage, planPackage } from './planned-package.ts';
import { readPrefixTree } from './prefix-tree.ts';
import type { LongShebang } from './shebang.ts';
import { findScripts } from './transaction-scripts.ts';

export type { OwnFiles } from './own-files.ts';
export type { LongShebang } from './shebang.ts';
export { relocateContent, type RelocateContentOptions, relocateText } from './relocate-content.ts';

export interface LinkTransactionOptions extends LinkPreference {
  readonly journal: Journal;
  readonly report: Report;
  readonly signal?: AbortSignal;
  /** The platform of the environment. */
  readonly subdir: string;
  /** Whether programs of the environment run here; without it nothing is compiled and no script is run. */
  readonly canRun: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The base environment; empty when there is none. */
  readonly rootPrefix: string;
  /** Compiles python code after linking; on unless told. */
  readonly compilePyc?: boolean;
  /** `run` unless told; `ask` asks `confirmScripts` once for all of them, before anything changes. */
  readonly linkScripts?: 'run' | 'skip' | 'ask';
  /** Asks whether these, such as `post-link of zlib`, are to be run; without it they are not. */
  readonly confirmScripts?: (scripts: readonly string[]) => Promise<boolean>;
  /** `post-link` scripts run in the active environment. */
  readonly activated?: ActivatedProgram;
  /** `clobber` unless told: several packages may have one path. */
  readonly pathConflict?: 'clobber' | 'warn' | 'prevent';
  /** `warn` unless told: what a file of other size than its package says leads to. */
  readonly safetyChecks?: 'disabled' | 'warn' | 'enabled';
  /** Off unless told: the digest of every file is compared too. */
  readonly extraSafetyChecks?: boolean;
  readonly longShebang?: LongShebang;
  /** Whether files of no package that stand where new ones go are replaced for good: they belong to a record that was lost. */
  readonly adopts?: boolean;
  /** Whether all that is in the prefix goes, whoever it belongs to. */
  readonly replaces?: boolean;
  /** What tconda itself keeps in the environment; changes with it or not at all. */
  readonly ownFiles?: OwnFiles;
  /** By name: what the user asked for. Records that are not in it keep what they have. */
  readonly requestedSpecs?: ReadonlyMap<string, readonly string[]>;
}

/**
 * Makes the files of a prefix what the transaction says: first everything is settled and checked, then the journal is written,
 * and only then does anything change. Returns the records that are to be written: of the packages it linked, and of those that
 * stay but had to make room or were asked for.
 *
 * `packages` has every package that the transaction links, in any order. Works only inside the journal's lock, whose holder
 * takes everything back if this throws.
 * @throws {TcondaError} `PACKAGE_DAMAGED`, `INVALID_PACKAGE`, `CLOBBER`, `PREFIX_TOO_LONG`, `LINK_SCRIPT_FAILED`, `NO_SPACE`
 */
export async function linkTransaction(
  transaction: Transaction,
  packages: readonly ExtractedPackage[],
  options: LinkTransactionOptions,
): Promise<readonly PrefixRecord[]> {
  const { journal, report, subdir } = options;
  const { prefix } = transaction;
  const { removed, unchanged, planned } = prepare(transaction, packages, options);
  const {
    journal: plan,
    changed,
    own,
  } = planPrefix({
    prefix,
    tree: readPrefixTree(journal.place, journal.isNew || options.replaces === true),
    replaced: options.replaces === true ? journal.everything() : [],
    removed,
    unchanged,
    packages: planned,
    rewritten: unchanged.filter((record) => isAskedAnew(record, options.requestedSpecs)),
    subdir,
    ...(options.ownFiles && { ownFiles: options.ownFiles }),
    adopts: options.adopts === true,
    onConflict: (conflict) => reportConflict(conflict, options),
  });
  checkLinksOut(planned, options);
  for (const one of planned) checkRoom(one, prefix, subdir);
  const methods = findMethods(planned, options);
  if (!journal.isNew) checkPermissions(prefix, plan);
  checkSpace(planned, methods, journal);

  const runScript = await findScripts(removed, planned, options);

  report({ kind: 'phase-started', phase: 'link', total: removed.length + planned.length });
  journal.begin(plan);
  for (const record of removed) await runScript(record, 'pre-unlink');
  for await (const _ of journal.clearTheWay()) await rest(options.signal);
  for (const record of removed) report({ kind: 'unlinked', record });

  const digests = new Map<PlannedFile, string>();
  for (const one of planned) {
    await runScript(one.record, 'pre-link', one.package.directory);
    const { place } = journal;
    const method = methods.get(one) ?? 'copy';
    const steps = linkPackage(one, {
      prefix,
      place,
      subdir,
      method,
      longShebang: options.longShebang ?? 'exec',
    });
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) await rest(options.signal);
    for (const [file, digest] of step.value) digests.set(file, digest);
    report({ kind: 'linked', record: one.record });
    await rest(options.signal);
  }
  for (const file of own) {
    writeFile(path.join(journal.place, file), options.ownFiles?.contents.get(file) ?? '', 0o644);
  }
  const compiled = await compile(planned, options);
  for (const { record } of planned) await runScript(record, 'post-link');

  const old = new Map(removed.map((record) => [record.name as string, record]));
  const linked = planned.map((one) =>
    buildRecord(one, {
      place: journal.place,
      method: methods.get(one) ?? 'copy',
      digests,
      compiled: compiled.get(one) ?? [],
      requestedSpecs:
        options.requestedSpecs?.get(one.record.name) ?? old.get(one.record.name)?.requested_specs ?? [],
    }),
  );
  report({ kind: 'phase-finished', phase: 'link' });
  return [...linked, ...changed.map((record) => withRequestedSpecs(record, options.requestedSpecs))];
}

function isAskedAnew(record: PrefixRecord, specs: LinkTransactionOptions['requestedSpecs']): boolean {
  const asked = specs?.get(record.name);
  return asked !== undefined && asked.join('\n') !== record.requested_specs.join('\n');
}

function withRequestedSpecs(
  record: PrefixRecord,
  specs: LinkTransactionOptions['requestedSpecs'],
): PrefixRecord {
  return { ...record, requested_specs: specs?.get(record.name) ?? record.requested_specs };
}

interface Prepared {
  /** In the order of unlinking. */
  readonly removed: readonly PrefixRecord[];
  readonly unchanged: readonly PrefixRecord[];
  /** In the order of linking. */
  readonly planned: readonly PlannedPackage[];
}

function prepare(
  transaction: Transaction,
  packages: readonly ExtractedPackage[],
  options: LinkTransactionOptions,
): Prepared {
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
  const planned = toLink.map((one) =>
    planPackage(one, {
      subdir: options.subdir,
      python: layout,
      compilePyc: options.compilePyc !== false && options.canRun,
      checkSizes: options.safetyChecks !== 'disabled',
      checkDigests: options.extraSafetyChecks === true,
      onDamage: (text) => reportDamage(text, options),
      launcher: findLauncher(transaction.prefix, toLink, unchanged, options.subdir),
    }),
  );
  return { removed: sortByDependencies(removed).toReversed(), unchanged, planned };
}

function reportDamage(text: string, options: LinkTransactionOptions): void {
  if (options.safetyChecks === 'enabled') throw new TcondaError('PACKAGE_DAMAGED', text);
  options.report({ kind: 'warning', code: 'PACKAGE_DAMAGED', text });
}

/** Compiles the sources of all packages in one go. By package: the compiled files that it has from now on. */
async function compile(
  planned: readonly PlannedPackage[],
  options: LinkTransactionOptions,
): Promise<ReadonlyMap<PlannedPackage, readonly string[]>> {
  const sources: string[] = [];
  const compiled = new Map<PlannedPackage, string[]>();
  let python: PythonLayout | undefined;
  for (const one of planned) {
    const displaced = new Set(one.files.filter((file) => file.isDisplaced).map((file) => file.path));
    const own = one.compiled.filter(([source]) => !displaced.has(source));
    sources.push(...own.map(([source]) => source));
    compiled.set(
      one,
      own.map(([, target]) => target),
    );
    python ??= one.python;
  }
  if (sources.length === 0 || python === undefined) return compiled;
  const { journal, env, signal } = options;
  journal.appear();
  const problem = await compilePyc(sources, {
    prefix: journal.prefix,
    python: python.executable,
    minor: python.minor,
    scratch: journal.scratch,
    env,
    ...(signal && { signal }),
  });
  if (problem !== undefined) {
    options.report({
      kind: 'warning',
      code: 'NOT_COMPILED',
      text: `Python code is not compiled: ${problem}`,
    });
  }
  return compiled;
}

/** Lets the rest of the process run, and ends here when it was told to. */
async function rest(signal: AbortSignal | undefined): Promise<void> {
  await breathe();
  signal?.throwIfAborted();
}
