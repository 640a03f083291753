import { TcondaError } from '../errors.ts';
import { parseMatchSpec } from '../model/match-spec-text.ts';
import { matchesRecord } from '../model/match-spec.ts';
import { formatDistName, type RepoDataRecord } from '../model/package-record.ts';

/**
 * @param disallowed the setting `disallowed_packages`
 * @throws {TcondaError} `PACKAGE_DISALLOWED` for the first of what is to be installed that may not be
 */
export function checkAllowed(records: readonly RepoDataRecord[], disallowed: readonly string[]): void {
  for (const text of disallowed) {
    const spec = parseMatchSpec(text);
    const record = records.find((each) => matchesRecord(spec, each));
    if (record === undefined) continue;
    const dist = `${record.schannel}/${record.subdir}::${formatDistName(record)}`;
    throw new TcondaError(
      'PACKAGE_DISALLOWED',
      `${dist} is not allowed: '${text}' is in disallowed_packages`,
      {
        data: { package_ref: dist, disallowed: text },
      },
    );
  }
}
