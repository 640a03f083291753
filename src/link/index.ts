import path from 'node:path';

import type { Report } from '../model/event.ts';
import type { Journal } from '../model/journal.ts';
import type { ExtractedPackage } from '../model/package-files.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import type { Transaction } from '../model/transaction.ts';
import { buildRecord } from './build-record.ts';
import { findChanged } from './changed-files.ts';
import {
  checkLinksOut,
  checkPermissions,
  checkSpace,
  findMethods,
  reportChanged,
} from './check-transaction.ts';
import { compilePackages } from './compile-packages.ts';
import { writeFile } from './link-file.ts';
import type { LinkPreference } from './link-method.ts';
import { checkRoom } from './link-package.ts';
import { linkPackages } from './link-packages.ts';
import { type ActivatedProgram, linkScriptPath } from './link-script.ts';
import { createLinkThreads, type LinkThreads } from './link-threads.ts';
import type { OwnFiles } from './own-files.ts';
import { type PathConflictMode, reportConflicts } from './path-conflicts.ts';
import { planPrefix } from './plan-prefix.ts';
import { foldsCase, readPrefixTree } from './prefix-tree.ts';
import { preparePackages } from './prepare-packages.ts';
import { rest } from './rest.ts';
import type { PathConflict } from './settle-claims.ts';
import type { LongShebang } from './shebang.ts';
import { findScripts } from './transaction-scripts.ts';

export type { ActivatedProgram } from './link-script.ts';
export type { OwnFiles } from './own-files.ts';
export { type PrelinkMessageOptions, tellPrelinkMessages } from './prelink-messages.ts';
export type { PathConflictMode } from './path-conflicts.ts';
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
  readonly pathConflict?: PathConflictMode;
  /** `warn` unless told: what a file of other size than its package says leads to. */
  readonly safetyChecks?: 'disabled' | 'warn' | 'enabled';
  /** Off unless told: the digest of every file is compared too. */
  readonly extraSafetyChecks?: boolean;
  /** Provides packages anew whose files in the cache are not as they came; without it they are linked as they are, or refused. */
  readonly provideAgain?: (damaged: readonly ExtractedPackage[]) => Promise<readonly ExtractedPackage[]>;
  readonly longShebang?: LongShebang;
  /** Processors; with more than one, many files are linked in threads. */
  readonly cores?: number;
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
  const threads = createLinkThreads(options.cores ?? 1, packages.length);
  try {
    return await link(transaction, packages, { ...options, threads });
  } finally {
    // Whoever takes everything back must be alone.
    await threads.close();
  }
}

async function link(
  transaction: Transaction,
  packages: readonly ExtractedPackage[],
  options: LinkTransactionOptions & { readonly threads: LinkThreads },
): Promise<readonly PrefixRecord[]> {
  const { journal, report, subdir } = options;
  const { prefix } = transaction;
  const { removed, unchanged, planned } = await preparePackages(transaction, packages, options);
  // Who adopts files means to be rid of what was made of them.
  const altered = new Map(
    removed.map((record) => [record, options.adopts === true ? NONE : findChanged(journal.place, record)]),
  );
  const conflicts: PathConflict[] = [];
  const {
    journal: plan,
    changed,
    own,
  } = planPrefix({
    prefix,
    tree: readPrefixTree(journal.place, journal.isNew || options.replaces === true, foldsCase(journal.place)),
    replaced: options.replaces === true ? journal.everything() : [],
    removed,
    changed: altered,
    unchanged,
    packages: planned,
    rewritten: unchanged.filter((record) => isAskedAnew(record, options.requestedSpecs)),
    subdir,
    ...(options.ownFiles && { ownFiles: options.ownFiles }),
    adopts: options.adopts === true,
    onConflict: (conflict) => conflicts.push(conflict),
  });
  reportConflicts(conflicts, options.pathConflict ?? 'clobber', report);
  checkLinksOut(planned, options);
  for (const one of planned) checkRoom(one, prefix, subdir);
  const methods = findMethods(planned, options);
  if (!journal.isNew) checkPermissions(prefix, plan);
  checkSpace(planned, methods, journal);

  const runScript = await findScripts(removed, planned, options);

  report({ kind: 'phase-started', phase: 'link', total: removed.length + planned.length });
  journal.begin(plan);
  reportChanged(altered, plan, report);
  for (const record of removed) await runScript(record, 'pre-unlink');
  for await (const _ of journal.clearTheWay()) await rest(options.signal);
  for (const record of removed) report({ kind: 'unlinked', record });

  const digests = await linkPackages(planned, {
    ...options,
    methodOf: (one) => methods.get(one) ?? 'copy',
    before: ({ record, files, package: { directory } }) => {
      const script = linkScriptPath(record.name, 'pre-link', subdir);
      return files.some((file) => file.path === script)
        ? () => runScript(record, 'pre-link', directory)
        : undefined;
    },
  });
  for (const file of own) {
    writeFile(path.join(journal.place, file), options.ownFiles?.contents.get(file) ?? '', 0o644);
  }
  const compiled = await compilePackages(planned, options);
  for (const { record } of planned) await runScript(record, 'post-link');

  report({ kind: 'phase-finished', phase: 'link' });

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
  return [...linked, ...changed.map((record) => withRequestedSpecs(record, options.requestedSpecs))];
}

const NONE: ReadonlySet<string> = new Set();

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
