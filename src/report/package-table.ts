import { LIST_FIELDS } from '../model/list-fields.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import { listFieldText } from './list-field-text.ts';
import { formatSize } from './size.ts';
import { makeStyle, type Style } from './style.ts';

export interface PackageTableOptions {
  readonly prefix: string;
  readonly showChannelUrls: boolean | undefined;
  /** Columns, of {@link LIST_FIELDS}; undefined is conda's default. */
  readonly fields: readonly string[] | undefined;
  /** Bytes on disk, for the column of sizes. */
  readonly sizeOf: (record: PrefixRecord) => number;
  /** Of the whole environment, in bytes; with it each package has its size too. */
  readonly totalSize?: number;
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
  const fields = [...(options.fields ?? DEFAULT_WIDTHS.keys())];
  if (options.totalSize !== undefined && !fields.includes('size')) fields.push('size');
  const sizes = fields.includes('size') ? records.map(options.sizeOf) : [];
  const rows = records.map((record, at) =>
    fields.map((field) =>
      field === 'size' ? formatSize(sizes[at] ?? 0) : listFieldText(record, field, options.showChannelUrls),
    ),
  );
  const titles = fields.map((field, index) => `${index === 0 ? '# ' : ''}${LIST_FIELDS.get(field) ?? field}`);
  const isUsual = [...DEFAULT_WIDTHS.keys()].every((field, index) => fields[index] === field);
  const widths = fields.map((field, index) => {
    const longest = Math.max(0, ...rows.map((row) => row[index]?.length ?? 0));
    const usual = isUsual ? DEFAULT_WIDTHS.get(field) : undefined;
    if (usual !== undefined) return Math.max(usual, longest + (index === 0 ? 2 : 0));
    return Math.max(titles[index]?.length ?? 0, longest + (index === 0 ? 2 : 0));
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
    ...(options.totalSize === undefined
      ? []
      : [style.dim(`# environment size: ${formatSize(options.totalSize)}`)]),
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
