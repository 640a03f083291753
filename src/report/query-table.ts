import type { RepoDataRecord } from '../model/package-record.ts';
import { channelName } from './channel-text.ts';
import { recordToJson } from './record-json.ts';

const COLUMNS = ['Name', 'Version', 'Build', 'Channel', 'Subdir'];
/** mamba gives builds as much room as versions. */
const LEAST_WIDTHS = [0, 0, 7, 0, 0];

/** What `repoquery` prints: mamba's table. */
export function formatQueryTable(records: readonly RepoDataRecord[]): readonly string[] {
  const rows = records.map((record) => [
    record.name,
    record.version,
    record.build,
    channelName(record),
    record.subdir,
  ]);
  const widths = COLUMNS.map((title, column) =>
    Math.max(title.length, LEAST_WIDTHS[column] ?? 0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    ` ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' ')}`;
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 1, 1));
  return [line(COLUMNS), rule, ...rows.map(line)];
}

/** The same for `--json`, in mamba's form. */
export function queryToJson(
  type: 'search' | 'depends' | 'whoneeds',
  query: string,
  records: readonly RepoDataRecord[],
): Record<string, unknown> {
  return {
    query: { query, type },
    result: {
      msg: '',
      pkgs: records.map((record) => {
        const { package_type: _, timestamp, ...json } = recordToJson(record, false);
        return {
          ...json,
          build_string: record.build,
          channel: channelName(record),
          track_features: record.track_features?.join(',') ?? '',
          ...(typeof timestamp === 'number' ? { timestamp: Math.floor(timestamp / 1000) } : {}),
        };
      }),
      status: 'OK',
    },
  };
}
