import { formatDistName, type RepoDataRecord } from '../model/package-record.ts';
import type { Transaction } from '../model/transaction.ts';
import { channelColumn, channelName } from './channel-text.ts';
import { type ChangeCategory, sortChanges } from './change-categories.ts';
import { formatSize } from './size.ts';
import { makeStyle, type Style } from './style.ts';

/** What a plan tells before the question. */
export interface PlanTableInput {
  readonly transaction: Transaction;
  /** What was asked to come or change, as text. */
  readonly added: readonly string[];
  /** What was asked to go, as text. */
  readonly removed: readonly string[];
  /** Records whose archives are not in the cache. */
  readonly fetch: readonly RepoDataRecord[];
  readonly showChannelUrls: boolean | undefined;
  /** By name, why a package comes; shown behind it. */
  readonly reasons?: ReadonlyMap<string, string>;
  readonly style?: Style;
}

const TITLES: Readonly<Record<ChangeCategory, string>> = {
  new: 'The following NEW packages will be INSTALLED:',
  removed: 'The following packages will be REMOVED:',
  updated: 'The following packages will be UPDATED:',
  superseded: 'The following packages will be SUPERSEDED by a higher-priority channel:',
  downgraded: 'The following packages will be DOWNGRADED:',
  revised: 'The following packages will be REVISED:',
};

/** What will change, as conda shows it before it asks. */
export function formatPlan(input: PlanTableInput): readonly string[] {
  const { prefix } = input.transaction;
  return [
    '',
    '## Package Plan ##',
    '',
    `  environment location: ${prefix}`,
    '',
    ...specLines('removed specs', input.removed),
    ...specLines('added / updated specs', input.added),
    '',
    ...downloadLines(input.fetch, input.showChannelUrls),
    ...changeLines(input),
    '',
  ];
}

/** A heading and the specs below it; nothing where there are none. */
export function specLines(title: string, specs: readonly string[]): readonly string[] {
  if (specs.length === 0) return [];
  return [`  ${title}:`, ...specs.toSorted().map((spec) => `    - ${spec}`), ''];
}

function downloadLines(
  records: readonly RepoDataRecord[],
  showChannelUrls: boolean | undefined,
): readonly string[] {
  if (records.length === 0) return [];
  const total = records.reduce((sum, record) => sum + (record.size ?? 0), 0);
  const rows = records
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((record) => {
      const package_ = `${record.name}-${record.version}`.padEnd(27);
      const channel = channelColumn(record, showChannelUrls);
      const size = formatSize(record.size ?? 0).padStart(15);
      return `    ${package_}|${record.build.padStart(17)}${size}${channel === '' ? '' : `  ${channel}`}`;
    });
  return [
    'The following packages will be downloaded:',
    '',
    `    ${'package'.padEnd(27)}|${'build'.padStart(17)}`,
    `    ${'-'.repeat(27)}|${'-'.repeat(17)}`,
    ...rows,
    `    ${'-'.repeat(60)}`,
    `    ${'Total:'.padStart(45)}${formatSize(total).padStart(15)}`,
    '',
  ];
}

function changeLines({
  transaction,
  reasons = new Map(),
  style = makeStyle(false),
}: PlanTableInput): readonly string[] {
  const sections = sortChanges(transaction);
  return [...sections].flatMap(([category, changes]) => {
    if (changes.length === 0) return [];
    const rows = changes.map(({ before, after }) => {
      if (before === undefined) return after === undefined ? '' : installRow(after);
      return after === undefined ? `  ${formatDistName(before)}` : changeRow(before, after);
    });
    const width = Math.max(...rows.map((row) => row.length));
    const paint = category === 'removed' || category === 'downgraded' ? style.bad : style.good;
    const explained = rows.map((row, index) => {
      const { before, after } = changes[index] ?? {};
      const reason = reasons.get(after?.name ?? '');
      const text = reason === undefined ? row : row.padEnd(width);
      // The name stands behind two blanks; a long one is cut.
      const end = 2 + Math.min(NAME_WIDTH, ((after ?? before)?.name ?? '').length);
      const painted = `  ${paint(text.slice(2, end))}${text.slice(end)}`;
      return reason === undefined ? painted : `${painted} ${style.dim(reason)}`;
    });
    return [style.bold(TITLES[category]), '', ...explained, ''];
  });
}

const NAME_WIDTH = 18;

function installRow(record: RepoDataRecord): string {
  const dist = `${channelName(record)}/${record.subdir}::${formatDistName(record)}`;
  return `  ${cut(record.name, NAME_WIDTH).padEnd(NAME_WIDTH)} ${dist} `;
}

function changeRow(before: RepoDataRecord, after: RepoDataRecord): string {
  const isElsewhere = channelName(before) !== channelName(after) || before.subdir !== after.subdir;
  const isOther = before.version !== after.version || before.build !== after.build;
  const describe = (record: RepoDataRecord): string => {
    const dist = isOther ? `${record.version}-${record.build}` : '';
    if (!isElsewhere) return dist;
    const subdir = before.subdir === after.subdir ? '' : `/${record.subdir}`;
    return `${channelName(record)}${subdir}${isOther ? `::${record.name}-${dist}` : ''}`;
  };
  const left = cut(describe(before), 38).padStart(38);
  return `  ${cut(after.name, NAME_WIDTH).padEnd(NAME_WIDTH)} ${left} --> ${describe(after)} `;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}~`;
}
