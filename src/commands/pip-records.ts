import { channelSettings, type LoadedConfig } from '../config/index.ts';
import { parseChannel } from '../model/channel.ts';
import { parsePackageName } from '../model/package-name.ts';
import type { PrefixData, PrefixRecord } from '../model/prefix-record.ts';
import {
  findPythonDistributions,
  listDistributionFiles,
  normalizeDistributionName,
} from '../record/index.ts';
import type { Context } from './command.ts';

/** What pip brought into an environment, as the records that conda shows for it: build `pypi_0` of the channel `pypi`. */
export function findPipRecords(
  installed: PrefixData,
  config: LoadedConfig,
  { host }: Context,
): readonly PrefixRecord[] {
  const found = findPythonDistributions(installed, config.get('subdir')).filter(({ isConda }) => !isConda);
  if (found.length === 0) return [];
  const names = new Map(
    [...installed.records, ...found].map(({ name }) => [normalizeDistributionName(name), name]),
  );
  const { baseUrl } = parseChannel('pypi', channelSettings(config, host));
  return found.map(({ name, version, requires, ...distribution }) => ({
    name: parsePackageName(name),
    version,
    build: 'pypi_0',
    build_number: 0,
    subdir: 'pypi',
    depends: requires.map(({ name: other, spec }) => `${names.get(other) ?? other} ${spec}`.trimEnd()),
    constrains: [],
    fn: `${name}-${version}-pypi_0`,
    url: '',
    channel: baseUrl,
    schannel: 'pypi',
    // Only who asks for sizes looks at them.
    get files() {
      return listDistributionFiles(installed.prefix, distribution);
    },
    paths_data: { paths_version: 1, paths: [] },
    requested_specs: [],
  }));
}

/** Everything that is installed: what conda packages brought, and what pip did. */
export function allRecords(
  installed: PrefixData,
  config: LoadedConfig,
  context: Context,
): readonly PrefixRecord[] {
  return [...installed.records, ...findPipRecords(installed, config, context)];
}

/** Whether pip brought it. */
export function isOfPip({ build, schannel }: PrefixRecord): boolean {
  return build === 'pypi_0' && schannel === 'pypi';
}
