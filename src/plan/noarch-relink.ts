import type { RepoDataRecord } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import { needsRelink } from '../model/python-paths.ts';

/** The packages of python code, installed and wanted unchanged, whose files must move because python's do (CEP 17, CEP 20). */
export function namesToRelink(
  installed: ReadonlyMap<string, PrefixRecord>,
  wanted: readonly RepoDataRecord[],
): ReadonlySet<string> {
  const before = installed.get('python');
  const after = wanted.find((record) => record.name === 'python');
  if (before === undefined || after === undefined || !needsRelink(before, after, after.subdir)) {
    return new Set();
  }
  return new Set(wanted.filter((record) => record.noarch === 'python').map((record): string => record.name));
}
