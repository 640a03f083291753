import { compareVersions, findVersion } from '../model/version.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { buildGraph } from '../report/dependency-tree.ts';
import { loadRepodata } from '../repodata/index.ts';
import type { CommandSpec } from './command.ts';
import { loadEnvironmentOf } from './environment.ts';
import { channelOptions, networkOptions, targetOptions } from './options.ts';
import { withOutside } from './outside.ts';
import { loadSettings } from './settings.ts';
import { checkInstalled } from './tree.ts';

export const outdated: CommandSpec = {
  summary: 'List packages of which the channels have newer versions',
  description:
    'Lists the packages of an environment of which the channels have a newer version or build. Whether all can be had ' +
    'together says update --all --dry-run. With NAMES only these are looked at. Ends with 1 if there are any.',
  operands: ['[names...]'],
  options: [targetOptions, channelOptions, networkOptions],
  examples: [
    'tconda outdated -n myenv numpy',
    'tconda outdated -n myenv',
    'tconda outdated -n myenv -c conda-forge --json',
  ],
  async run(chosen, options, context) {
    const config = await loadSettings(options, context);
    const installed = await loadEnvironmentOf(config, context);
    const graph = buildGraph(installed.records);
    for (const name of chosen) checkInstalled(name, graph, installed.prefix);
    const records = installed.records.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
    const names = records.map(({ name }) => name);
    const newest = await withOutside(config, context, async (outside) => {
      const { subdirs } = await loadRepodata(
        {
          channels: outside.channels,
          subdirs: config.get('subdirs'),
          names,
          typed: names,
          closure: false,
        },
        outside.repodata,
      );
      return newestByName(subdirs.flatMap((subdir) => (subdir.kind === 'found' ? subdir.records : [])));
    });
    const rows = records
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((record) => {
        const best = newest.get(record.name);
        return best === undefined || compareRecords(best, record) <= 0 ? [] : [{ record, best }];
      });
    return {
      kind: 'output',
      json: rows.map(({ record, best }) => ({
        name: record.name,
        version: record.version,
        build: record.build,
        latest_version: best.version,
        latest_build: best.build,
        channel: best.schannel,
      })),
      lines: formatRows(rows),
      exitCode: rows.length > 0 ? 1 : 0,
    };
  },
};

interface Row {
  readonly record: RepoDataRecord;
  readonly best: RepoDataRecord;
}

function formatRows(rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return ['Everything is as new as it can be.'];
  const cells = rows.map(({ record, best }) => [
    record.name,
    shown(record, best.version === record.version),
    shown(best, best.version === record.version),
    best.schannel,
  ]);
  const table = [['Name', 'Installed', 'Latest', 'Channel'], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function shown({ version, build }: RepoDataRecord, hasBuild: boolean): string {
  return hasBuild ? `${version} ${build}` : version;
}

function newestByName(records: readonly RepoDataRecord[]): ReadonlyMap<string, RepoDataRecord> {
  const newest = new Map<string, RepoDataRecord>();
  for (const record of records) {
    const best = newest.get(record.name);
    if (best === undefined || compareRecords(record, best) > 0) newest.set(record.name, record);
  }
  return newest;
}

function compareRecords(a: RepoDataRecord, b: RepoDataRecord): number {
  const [left, right] = [findVersion(a.version), findVersion(b.version)];
  const byVersion = left === undefined || right === undefined ? 0 : compareVersions(left, right);
  return byVersion || a.build_number - b.build_number;
}
