import type { PrefixRecord } from '../model/prefix-record.ts';
import { channelColumn } from './channel-text.ts';
import { formatSize } from './size.ts';
import { makeStyle, type Style } from './style.ts';

export interface PackageTableOptions {
  readonly prefix: string;
  readonly showChannelUrls: boolean | undefined;
  /** Columns in conda's `list_fields` names; undefined is its default. */
  readonly fields: readonly string[] | undefined;
  /** Bytes on disk; with it each package has a size, and the environment the sum. */
  readonly sizeOf?: (record: PrefixRecord) => number;
  readonly style?: Style;
}

/** conda's columns and the widths they have at least; those that are asked for have none. */
const DEFAULT_WIDTHS: ReadonlyMap<string, number> = new Map([
  ['name', 25],
  ['version', 15],
  ['build', 15],
  ['channel_name', 1],
]);

/** What `list` prints. The header's first two characters are `# `, so the first column is two wider in the rows. */
export function formatPackageTable(
  records: readonly PrefixRecord[],
  options: PackageTableOptions,
): readonly string[] {
  const fields = options.fields ?? [...DEFAULT_WIDTHS.keys()];
  const sizes = options.sizeOf === undefined ? undefined : records.map(options.sizeOf);
  const rows = records.map((record, at) => {
    const row = fields.map((field) => fieldText(record, field, options));
    if (sizes !== undefined) row.push(formatSize(sizes[at] ?? 0));
    return row;
  });
  const titles = [
    ...fields.map((field, index) => (index === 0 ? `# ${titleOf(field)}` : titleOf(field))),
    ...(sizes === undefined ? [] : ['Size']),
  ];
  const total = sizes?.reduce((sum, size) => sum + size, 0);
  const widths = fields.map((field, index) => {
    const longest = Math.max(0, ...rows.map((row) => row[index]?.length ?? 0));
    if (options.fields === undefined) return Math.max(DEFAULT_WIDTHS.get(field) ?? 0, longest);
    return index === 0
      ? Math.max(titles[0]?.length ?? 0, longest + 2)
      : Math.max(titles[index]?.length ?? 0, longest);
  });
  const { style = makeStyle(false) } = options;
  const format = (cells: readonly string[], paint: (cell: string, index: number) => string): string => {
    let line = '';
    cells.forEach((cell, index) => {
      // Nothing stands behind the last cell.
      const blanks = index === cells.length - 1 ? 0 : 2 + Math.max(0, (widths[index] ?? 0) - cell.length);
      line += paint(cell, index) + spaces(blanks);
    });
    return line.trimEnd();
  };
  const paintCell = (cell: string, index: number): string => {
    if (fields[index] === 'name') return style.bold(cell);
    return fields[index] === 'channel_name' ? style.dim(cell) : cell;
  };
  return [
    style.dim(`# packages in environment at ${options.prefix}:`),
    ...(total === undefined ? [] : [style.dim(`# environment size: ${formatSize(total)}`)]),
    style.dim('#'),
    style.dim(format(titles, (title) => title)),
    ...rows.map((row) => format(row, paintCell)),
  ];
}

const SPACES: string[] = [];

/** Each made once. */
function spaces(count: number): string {
  return (SPACES[count] ??= ' '.repeat(count));
}

function titleOf(field: string): string {
  const words = field === 'channel_name' ? ['channel'] : field.split('_');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}

function fieldText(record: PrefixRecord, field: string, options: PackageTableOptions): string {
  if (field === 'channel_name') return channelColumn(record, options.showChannelUrls);
  if (field === 'dist_str')
    return `${record.schannel}/${record.subdir}::${record.name}-${record.version}-${record.build}`;
  const value: unknown = record[field as keyof PrefixRecord];
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  return Array.isArray(value) ? value.join(',') : String(value as number);
}
