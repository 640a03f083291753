import { type ExtractPackagesOptions, extractPackages } from './extract/index.ts';
import { discardDamaged, type FetchPackagesOptions, fetchPackages } from './fetch/index.ts';
import {
  type LinkTransactionOptions,
  linkTransaction,
  type PrelinkMessageOptions,
  tellPrelinkMessages,
} from './link/index.ts';
import type { ExtractedPackage } from './model/package-files.ts';
import type { RepoDataRecord, VirtualPackage } from './model/package-record.ts';
import type { PrefixData } from './model/prefix-record.ts';
import type { SolveRequest, SpecInput } from './model/request.ts';
import type { Transaction } from './model/transaction.ts';
import { isEmpty, planTransaction } from './plan/index.ts';
import {
  checkWritable,
  type LoadPrefixOptions,
  type PrefixLockOptions,
  recordTransaction,
  type RecordTransactionOptions,
  untilUnchanged,
  withPrefixLock,
} from './record/index.ts';
import { findElsewhere, loadRepodata, type LoadRepodataOptions } from './repodata/index.ts';
import { solveRequest, unsolvableError } from './solve/index.ts';
import {
  askedFor,
  type AskedFor,
  checkAllowed,
  consideredOf,
  gatherRequest,
  namesToReinstall,
  neuteredSpecs,
  wantedNames,
} from './specs/index.ts';

/** What is needed of the outside: the sum of what the hops name. */
export type ChangeOptions = Omit<LoadRepodataOptions, 'now'> &
  FetchPackagesOptions &
  ExtractPackagesOptions &
  PrefixLockOptions &
  LoadPrefixOptions &
  Omit<LinkTransactionOptions, 'journal' | 'requestedSpecs' | 'provideAgain'> &
  PrelinkMessageOptions &
  Pick<RecordTransactionOptions, 'command' | 'environmentsFile' | 'replaces'> & {
    /** Absolute. */
    readonly prefix: string;
    /** Whether nothing was there when the command began: two that make one environment both mean theirs. */
    readonly isNew?: boolean;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** What the machine offers, asked for when there is something to solve. */
    readonly virtualPackages: () => readonly VirtualPackage[];
    /** Whether a refusal tells all there is, however long. */
    readonly explainsAll?: boolean;
    /** Specs of what may not be installed, whatever asks for it. */
    readonly disallowedPackages?: readonly string[];
    readonly dryRun?: boolean;
    /** Ends when everything lies in the package cache. */
    readonly downloadOnly?: boolean;
    /** Decides when the plan is there, before anything is downloaded. */
    readonly confirm: (transaction: Transaction) => Promise<boolean>;
  };

/** What came of it. Only `changed` touched the prefix. */
export interface ChangeResult {
  readonly kind: 'unchanged' | 'planned' | 'refused' | 'downloaded' | 'changed';
  readonly transaction: Transaction;
}

/**
 * Brings the environment at `options.prefix` to what `input` asks for. It is then the old one or the new one, whatever happens.
 * @throws {TcondaError} `PACKAGES_NOT_FOUND`, `UNSATISFIABLE`, and what the hops throw
 */
export async function changeEnvironment(input: SpecInput, options: ChangeOptions): Promise<ChangeResult> {
  return await untilUnchanged(options.prefix, options, (installed) =>
    changeInstalled(input, installed, options),
  );
}

async function changeInstalled(
  input: SpecInput,
  installed: PrefixData,
  options: ChangeOptions,
): Promise<ChangeResult> {
  const request = gatherRequest(input, installed);
  for (const { text, notes } of request.requested) {
    for (const note of notes)
      options.report({ kind: 'warning', code: 'SPEC_NOTE', text: `${text}: ${note}` });
  }
  const considered = consideredOf(request, installed);
  const wanted = request.isSatisfied === true ? installed.records : await solve(request, considered, options);
  const reinstall = namesToReinstall(request);
  const transaction = planTransaction(installed, wanted, { reinstall });
  const neutered = neuteredSpecs(considered.history, wanted);
  const asked = { ...askedFor(request, installed), neuteredSpecs: neutered };
  return await carryOut(transaction, { installed, asked }, options);
}

/** How long a person whose request fails may wait to hear what would work, in milliseconds. */
const FIX_BUDGET = 1000;

async function solve(
  request: SolveRequest,
  installed: PrefixData,
  options: ChangeOptions,
): Promise<readonly RepoDataRecord[]> {
  const wanted = wantedNames(request, installed);
  // Taking away needs nothing that isn't there already; nor does an environment without packages.
  const channels = wanted.names.length + wanted.patterns.length === 0 ? [] : request.channels;
  const { subdirs } = request;
  const repodata = await loadRepodata({ channels, subdirs, ...wanted }, options);
  options.report({ kind: 'phase-finished', phase: 'repodata' });
  options.report({ kind: 'phase-started', phase: 'solve' });
  const virtualPackages = options.virtualPackages();
  const question = { repodata, installed: installed.records, virtualPackages };
  const answer = await solveRequest(request, question, {
    fixBudget: FIX_BUDGET,
    findElsewhere: (names) => findElsewhere(names, request, options),
    explainsAll: options.explainsAll === true,
    ...(options.signal && { signal: options.signal }),
  });
  for (const text of answer.warnings) options.report({ kind: 'warning', code: 'RECORD_EXCLUDED', text });
  if (answer.kind === 'unsolvable') throw unsolvableError(answer, request);
  options.report({ kind: 'phase-finished', phase: 'solve' });
  return answer.records;
}

/**
 * Does what was decided: shows it, asks, provides the packages and links them.
 * @throws {TcondaError} what the hops throw
 */
export async function carryOut(
  transaction: Transaction,
  { installed, asked }: { readonly installed: PrefixData; readonly asked: AskedFor },
  options: ChangeOptions,
): Promise<ChangeResult> {
  const coming = transaction.operations.flatMap((operation) =>
    'install' in operation && operation.kind !== 'relink' ? [operation.install] : [],
  );
  checkAllowed(coming, options.disallowedPackages ?? []);
  options.report({ kind: 'planned', transaction });
  if (isEmpty(transaction) && installed.exists) return { kind: 'unchanged', transaction };
  if (options.dryRun === true) return { kind: 'planned', transaction };
  if (options.downloadOnly !== true) checkWritable(installed.prefix);
  if (!(await options.confirm(transaction))) return { kind: 'refused', transaction };

  const packages = await provide(
    transaction.operations.flatMap((operation) => ('install' in operation ? [operation.install] : [])),
    options,
  );
  if (options.downloadOnly === true) return { kind: 'downloaded', transaction };
  if (!(await tellPrelinkMessages(packages, options))) return { kind: 'refused', transaction };
  await withPrefixLock(installed, options, async (journal) => {
    const { requestedSpecs } = asked;
    const linked = await linkTransaction(transaction, packages, {
      ...options,
      journal,
      requestedSpecs,
      provideAgain: (damaged) => provideAgain(damaged, options),
    });
    await recordTransaction(transaction, linked, {
      ...options,
      ...asked,
      journal,
      now: new Date(options.now()),
    });
  });
  return { kind: 'changed', transaction };
}

/** The packages, verified and extracted in the cache. One is extracted while the next downloads. */
export async function provide(
  records: readonly RepoDataRecord[],
  options: ChangeOptions,
): Promise<readonly ExtractedPackage[]> {
  if (records.length === 0) return [];
  const total = records.length;
  options.report({ kind: 'phase-started', phase: 'fetch', total });
  options.report({ kind: 'phase-started', phase: 'extract', total });
  const packages = await extractPackages(fetchPackages(records, options), options);
  options.report({ kind: 'phase-finished', phase: 'fetch' });
  options.report({ kind: 'phase-finished', phase: 'extract' });
  return packages;
}

/** Packages whose files in the cache are not as they came, out of their archives. */
async function provideAgain(
  damaged: readonly ExtractedPackage[],
  options: ChangeOptions,
): Promise<readonly ExtractedPackage[]> {
  const records = damaged.map(({ record }) => record);
  discardDamaged(records, options.pkgsDirs);
  return provide(records, options);
}
