import type { RepoDataRecord } from '../model/package-record.ts';
import { exportHeader, formatExplicitLine } from '../report/export-lines.ts';

/**
 * An explicit list of packages, as `tconda list --explicit --sha256` writes it: `createEnvironment` takes it as a file, and makes
 * the same environment without solving.
 * @param platform of the packages: `linux-64`
 */
export function formatExplicitList(records: readonly RepoDataRecord[], platform: string): string {
  const lines = records.map((record) => formatExplicitLine(record, 'sha256'));
  return [...exportHeader(platform), '@EXPLICIT', ...lines, ''].join('\n');
}
