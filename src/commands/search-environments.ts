import { channelSettings, type LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { parseMatchSpec } from '../model/match-spec-text.ts';
import { matchesRecord } from '../model/match-spec.ts';
import { recordToJson } from '../report/record-json.ts';
import { formatLocationTable } from '../report/search-table.ts';
import type { CommandResult, Context } from './command.ts';
import { loadPrefixAt } from './environment.ts';
import { findEnvironments } from './environments.ts';

/**
 * `search --envs`: what matches among the packages of all environments of this user.
 * @throws {TcondaError} `PACKAGES_NOT_INSTALLED_ANYWHERE` when there is none
 */
export async function searchEnvironments(
  text: string,
  config: LoadedConfig,
  context: Context,
): Promise<CommandResult> {
  const spec = parseMatchSpec(text, { channels: channelSettings(config, context.host) });
  const all = await Promise.all(
    findEnvironments(config, context.host).map(async ({ prefix }) => {
      const { records } = await loadPrefixAt(prefix, config, context);
      const found = records.filter((record) => matchesRecord(spec, record));
      return { prefix, records: found.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
    }),
  );
  const found = all.filter(({ records }) => records.length > 0);
  if (found.length === 0) {
    throw new TcondaError(
      'PACKAGES_NOT_INSTALLED_ANYWHERE',
      `The following packages are missing from the target environment:\n  - ${text}`,
      { data: { packages: [text], packages_formatted: `\n  - ${text}` } },
    );
  }
  return {
    kind: 'output',
    json: found.map(({ prefix, records }) => ({
      location: prefix,
      package_records: records.map((record) => recordToJson(record)),
    })),
    lines: formatLocationTable(
      found.flatMap(({ prefix, records }) => records.map((record) => ({ record, location: prefix }))),
    ),
  };
}
