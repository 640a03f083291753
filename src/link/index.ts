import { statfsSync } from 'node:fs';
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
import { compilePyc } from './compile-pyc.ts';
import { findLauncher } from './launcher.ts';
import { findLinkMethod, type LinkMethod, type LinkPreference } from './link-method.ts';
import { checkRoom, linkPackage } from './link-package.ts';
import { type LinkScriptAction, runLinkScript } from './link-script.ts';
import { type PathConflict, planPrefix } from './plan-prefix.ts';
import { type PlannedFile, type PlannedPackage, planPackage } from './planned-package.ts';
import { readPrefixTree, resolveTarget } from './prefix-tree.ts';
import type { LongShebang } from './shebang.ts';

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
  /** `run` unless told. */
  readonly linkScripts?: 'run' | 'skip';
  /** `clobber` unless told: several packages may have one path. */
  readonly pathConflict?: 'clobber' | 'warn' | 'prevent';
  /** `warn` unless told: what a file of other size than its package says leads to. */
  readonly safetyChecks?: 'disabled' | 'warn' | 'enabled';
  readonly longShebang?: LongShebang;
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
  const { journal: plan, changed } = planPrefix({
    prefix,
    tree: readPrefixTree(prefix, journal.isNew),
    removed,
    unchanged,
    packages: planned,
    rewritten: unchanged.filter((record) => isAskedAnew(record, options.requestedSpecs)),
    subdir,
    onConflict: (conflict) => reportConflict(conflict, options),
  });
  checkLinksOut(planned, options);
  for (const one of planned) checkRoom(one, prefix, subdir);
  const methods = findMethods(planned, options);
  checkSpace(planned, methods, prefix);

  report({ kind: 'phase-started', phase: 'link', total: removed.length + planned.length });
  journal.begin(plan);
  for (const record of removed) await runScript(record, 'pre-unlink', prefix, options);
  for await (const _ of journal.clearTheWay()) await rest(options.signal);
  for (const record of removed) report({ kind: 'unlinked', record });

  const digests = new Map<PlannedFile, string>();
  for (const one of planned) {
    await runScript(one.record, 'pre-link', one.package.directory, options);
    const method = methods.get(one) ?? 'copy';
    const steps = linkPackage(one, { prefix, subdir, method, longShebang: options.longShebang ?? 'exec' });
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) await rest(options.signal);
    for (const [file, digest] of step.value) digests.set(file, digest);
    report({ kind: 'linked', record: one.record });
    await rest(options.signal);
  }
  const compiled = await compile(planned, options);
  for (const { record } of planned) await runScript(record, 'post-link', prefix, options);

  const old = new Map(removed.map((record) => [record.name as string, record]));
  const linked = planned.map((one) =>
    buildRecord(one, {
      prefix,
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

function reportConflict(conflict: PathConflict, options: LinkTransactionOptions): void {
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
function checkLinksOut(planned: readonly PlannedPackage[], options: LinkTransactionOptions): void {
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

function findMethods(
  planned: readonly PlannedPackage[],
  options: LinkTransactionOptions,
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

/** What is copied must fit. What is linked takes none to speak of. */
function checkSpace(
  planned: readonly PlannedPackage[],
  methods: ReadonlyMap<PlannedPackage, LinkMethod>,
  prefix: string,
): void {
  let needed = 0;
  for (const one of planned) {
    const isCopied = methods.get(one) === 'copy';
    for (const { entry } of one.files) {
      if (isCopied || entry?.prefix_placeholder !== undefined) needed += entry?.size_in_bytes ?? 0;
    }
  }
  const { bavail, bsize } = statfsSync(prefix);
  if (needed <= bavail * bsize) return;
  throw new TcondaError('NO_SPACE', `${prefix} needs ${needed} bytes, and ${bavail * bsize} are free`);
}

async function runScript(
  record: PrefixRecord | PlannedPackage['record'],
  action: LinkScriptAction,
  root: string,
  options: LinkTransactionOptions,
): Promise<void> {
  if (options.linkScripts === 'skip' || !options.canRun) return;
  const { journal, rootPrefix, subdir, env, report, signal } = options;
  try {
    await runLinkScript(record, action, root, {
      prefix: journal.prefix,
      rootPrefix,
      subdir,
      env,
      report,
      ...(signal && { signal }),
    });
  } catch (error) {
    // What leaves must be able to leave.
    if (action !== 'pre-unlink' || !(error instanceof TcondaError)) throw error;
    report({ kind: 'warning', code: error.code, text: error.message });
  }
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
