import type { RepoDataRecord } from '../model/package-record.ts';
import { channelName } from './channel-text.ts';
import { plainText } from './plain-text.ts';
import { formatSize } from './size.ts';
import { makeStyle, type Style } from './style.ts';

/** What `search` prints: a row a record, in the given order. */
export function formatSearchTable(
  records: readonly RepoDataRecord[],
  style: Style = makeStyle(false),
): readonly string[] {
  const row = (version: string, build: string): string => `${version.padStart(15)} ${build.padStart(15)}`;
  return [
    style.dim(`# ${'Name'.padEnd(18)} ${row('Version', 'Build')}  ${'Channel'.padEnd(20)}`),
    ...records.map((record) => {
      const blanks = ' '.repeat(Math.max(0, 20 - record.name.length));
      const cells = row(record.version, record.build);
      return `${style.bold(record.name)}${blanks} ${cells}  ${style.dim(channelName(record).padEnd(20))}`;
    }),
  ];
}

/** What `search --envs` prints: a row for each environment that has a record. */
export function formatLocationTable(
  rows: readonly { readonly record: RepoDataRecord; readonly location: string }[],
): readonly string[] {
  const row = (cells: readonly string[]): string =>
    `${cells[0]?.padStart(15) ?? ''} ${cells[1]?.padStart(15) ?? ''}  ${cells[2]?.padEnd(20) ?? ''} ${cells[3]?.padEnd(20) ?? ''}`;
  return [
    `# ${'Name'.padEnd(13)} ${row(['Version', 'Build', 'Channel', 'Location'])}`,
    ...rows.map(
      ({ record, location }) =>
        `${record.name.padEnd(15)} ${row([record.version, record.build, channelName(record), location])}`,
    ),
  ];
}

/** What `search --info` prints of one record, with the two blank lines behind it. */
export function formatRecordDetails(record: RepoDataRecord): readonly string[] {
  const title = `${record.name} ${record.version} ${record.build}`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['file name', record.fn],
    ['name', record.name],
    ['version', record.version],
    ['build', record.build],
    ['build number', String(record.build_number)],
    ['size', record.size === undefined ? undefined : formatSize(record.size)],
    ['license', record.license],
    ['subdir', record.subdir],
    ['url', record.url],
    ['md5', record.md5],
    ['timestamp', (record.timestamp ?? 0) === 0 ? undefined : formatTimestamp(record.timestamp ?? 0)],
  ];
  return [
    title,
    '-'.repeat(title.length),
    ...rows.flatMap(([label, value]) =>
      value === undefined ? [] : [`${label.padEnd(12)}: ${plainText(value)}`],
    ),
    ...listRows('track_features', record.track_features ?? []),
    ...listRows('constraints', record.constrains),
    ...(record.depends.length === 0 ? ['dependencies: []'] : listRows('dependencies', record.depends)),
    '',
    '',
  ];
}

/** Records by name, as `search --json` has them. */
export function groupByName<R extends RepoDataRecord>(
  records: readonly R[],
): ReadonlyMap<string, readonly R[]> {
  const groups = new Map<string, R[]>();
  for (const record of records) {
    const group = groups.get(record.name);
    if (group === undefined) groups.set(record.name, [record]);
    else group.push(record);
  }
  return groups;
}

function listRows(label: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  return [`${label.padEnd(12)}: `, ...items.map((item) => `  - ${plainText(item)}`)];
}

function formatTimestamp(milliseconds: number): string {
  return new Date(milliseconds)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}
