import { channelSettings, type LoadedConfig } from '../config/index.ts';
import { parseChannel } from '../model/channel.ts';
import { parsePackageName } from '../model/package-name.ts';
import type { PrefixData, PrefixRecord } from '../model/prefix-record.ts';
import { findPythonDistributions, listDistributionFiles } from '../record/index.ts';
import type { Context } from './command.ts';

/** What pip brought into an environment, as the records that conda shows for it: build `pypi_0` of the channel `pypi`. */
export function findPipRecords(
  installed: PrefixData,
  config: LoadedConfig,
  { host }: Context,
): readonly PrefixRecord[] {
  const found = findPythonDistributions(installed, config.get('subdir')).filter(({ isConda }) => !isConda);
  if (found.length === 0) return [];
  const { baseUrl } = parseChannel('pypi', channelSettings(config, host));
  return found.map(({ name, version, ...distribution }) => ({
    name: parsePackageName(name),
    version,
    build: 'pypi_0',
    build_number: 0,
    subdir: 'pypi',
    depends: [],
    constrains: [],
    fn: `${name}-${version}-pypi_0`,
    url: '',
    channel: baseUrl,
    schannel: 'pypi',
    // Only who asks for sizes looks at them.
    get files() {
      return listDistributionFiles(installed.prefix, { name, version, ...distribution });
    },
    paths_data: { paths_version: 1, paths: [] },
    requested_specs: [],
  }));
}
