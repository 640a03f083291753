import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { syncDirectory, syncFiles } from '../io/path-state.ts';
import type { Report } from '../model/event.ts';
import type { Journal } from '../model/journal.ts';
import { formatDistName, type RepoDataRecord } from '../model/package-record.ts';
import { type PrefixRecord, prefixRecordPath } from '../model/prefix-record.ts';
import { TOOL } from '../model/tool.ts';
import type { Transaction } from '../model/transaction.ts';
import { registerEnvironment } from './environments-file.ts';
import { formatPrefixRecord } from './format-prefix-record.ts';
import { formatHistoryEntry, formatHistoryTime } from './history.ts';

export interface RecordTransactionOptions {
  readonly journal: Journal;
  readonly report?: Report;
  readonly now: Date;
  /** The command line as typed, without secrets. */
  readonly command: string;
  /** What was asked for, as MatchSpec texts: conda finds in them what to keep. */
  readonly updateSpecs?: readonly string[];
  readonly removeSpecs?: readonly string[];
  /** Specs of the past that what is installed now no longer meets, as they are to be read from now on. */
  readonly neuteredSpecs?: readonly string[];
  /** `~/.conda/environments.txt`; without it the environment is listed nowhere. */
  readonly environmentsFile?: string;
  /** Whether a new environment took the place of another. */
  readonly replaces?: boolean;
}

/**
 * Writes down what the transaction did: the given records, an entry of the history, the list of environments. Goes with
 * `linkTransaction`, whose journal has moved the old records away.
 */
export async function recordTransaction(
  transaction: Transaction,
  records: readonly PrefixRecord[],
  options: RecordTransactionOptions,
): Promise<void> {
  const { prefix } = transaction;
  const { place } = options.journal;
  const meta = path.join(place, 'conda-meta');
  const history = path.join(meta, 'history');
  const written = records.map((record) => path.join(place, prefixRecordPath(record)));
  for (const [index, record] of records.entries()) {
    writeFileSync(written[index] ?? '', formatPrefixRecord(record), { flag: 'wx' });
  }
  if (options.journal.isNew || options.replaces === true) {
    writeFileSync(path.join(meta, 'created_at'), String(options.now.getTime() / 1000));
  }
  appendFileSync(history, historyEntry(transaction, options));
  await syncFiles([...written, history]);
  syncDirectory(meta);
  if (options.environmentsFile === undefined) return;
  const problem = registerEnvironment(options.environmentsFile, prefix);
  if (problem !== undefined) {
    options.report?.({ kind: 'warning', code: 'ENVIRONMENT_NOT_LISTED', text: problem });
  }
}

function historyEntry(transaction: Transaction, options: RecordTransactionOptions): string {
  const changes = transaction.operations.filter((operation) => operation.kind !== 'relink');
  return formatHistoryEntry({
    time: formatHistoryTime(options.now),
    command: options.command,
    tool: `${TOOL.name} version: ${TOOL.version}`,
    unlinked: changes.flatMap((change) => ('remove' in change ? [formatChannelDist(change.remove)] : [])),
    linked: changes.flatMap((change) => ('install' in change ? [formatChannelDist(change.install)] : [])),
    sources: new Map(
      changes.flatMap((change) => [
        ...('remove' in change ? sourceOf(change.remove) : []),
        ...('install' in change ? sourceOf(change.install) : []),
      ]),
    ),
    updateSpecs: options.updateSpecs ?? [],
    removeSpecs: options.removeSpecs ?? [],
    neuteredSpecs: options.neuteredSpecs ?? [],
  });
}

/** From there it comes back, also when its channel has it no more. */
function sourceOf(record: RepoDataRecord): readonly (readonly [dist: string, source: string])[] {
  const { url, sha256, md5 } = record;
  if (url === '') return [];
  const digest = sha256 === undefined ? (md5 === undefined ? '' : `#${md5}`) : `#sha256:${sha256}`;
  // A blank ends what stands before it.
  const place = url.replaceAll(/\s/g, (blank) => encodeURIComponent(blank));
  return [[formatChannelDist(record), `${place}${digest}`]];
}

/** `conda-forge/linux-64::zlib-1.3-h0_0` */
function formatChannelDist(record: RepoDataRecord): string {
  return `${record.schannel}/${record.subdir}::${formatDistName(record)}`;
}
