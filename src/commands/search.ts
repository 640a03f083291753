import { channelSettings, type LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { channelSubdirs } from '../model/channel-list.ts';
import { subdirUrl } from '../model/channel.ts';
import { formatMatchSpec, parseMatchSpec } from '../model/match-spec-text.ts';
import type { MatchSpec } from '../model/match-spec.ts';
import { loadRepodata } from '../repodata/index.ts';
import { nearNames } from '../report/near-names.ts';
import { recordToJson } from '../report/record-json.ts';
import { formatRecordDetails, formatSearchTable, groupByName } from '../report/search-table.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { findRecords } from './find-records.ts';
import { micromambaChannelOptions } from './micromamba-options.ts';
import { isSet } from './option-values.ts';
import { channelOptions, networkOptions, platformOptions } from './options.ts';
import { type Outside, withOutside } from './outside.ts';
import { searchEnvironments } from './search-environments.ts';
import { loadSettings } from './settings.ts';

/** conda hides them since long. */
const OLD_OPTIONS: readonly OptionSpec[] = [
  { flags: '--reverse-dependency', description: 'the same as repoquery whoneeds', hidden: true },
  ...['--canonical', '--names-only', '-o, --outdated', '--spec', '--unknown'].map((flags) => ({
    flags,
    description: 'nothing',
    hidden: true,
    noEffect: 'it has none in conda either',
  })),
];

export const search: CommandSpec = {
  summary: 'Search channels for packages',
  description:
    'Searches channels for packages that match a spec: a name, a pattern such as "*lib*", or a name with conditions. ' +
    'If there is no package of that name, names that contain it are shown.',
  operands: ['[spec...]'],
  options: [
    {
      heading: 'Search',
      options: [
        { flags: '-i, --info', description: 'show all that is known of each package' },
        {
          flags: '--envs',
          description: 'search the environments of this user instead',
        },
        { flags: '--skip-flexible-search', description: 'match whole names only' },
        { flags: '-f, --full-name', description: 'match whole names only', hidden: true },
        ...OLD_OPTIONS,
      ],
    },
    platformOptions,
    channelOptions,
    micromambaChannelOptions,
    networkOptions,
  ],
  examples: [
    'tconda search numpy',
    'tconda search "numpy>=1.26,<2" --info',
    'tconda search "*lib*" -c conda-forge',
  ],
  async run(operands, options, context) {
    if (isSet(options, 'reverseDependency')) {
      const { queryWhoneeds } = await import('./repoquery.ts');
      return queryWhoneeds.run([operands.join(' ')], options, context);
    }
    const config = await loadSettings(options, context);
    const text = operands.join(' ') === '' ? '*' : operands.join(' ');
    if (isSet(options, 'envs')) return searchEnvironments(text, config, context);
    const found = await withOutside(config, context, async (outside) => {
      const spec = parseMatchSpec(text, { channels: channelSettings(config, context.host) });
      const records = await findRecords(spec, config, outside);
      if (records.length > 0) return records;
      const isFlexible = !isSet(options, 'skipFlexibleSearch') && !isSet(options, 'fullName');
      if (isFlexible && spec.exactName !== undefined) {
        const wide = widenName(spec);
        context.say(`No match found for: ${formatMatchSpec(spec)}. Search: ${formatMatchSpec(wide)}`);
        const wider = await findRecords(wide, config, outside);
        if (wider.length > 0) return wider;
      }
      throw await notFound(spec, config, outside);
    });
    return {
      kind: 'output',
      json: Object.fromEntries(
        [...groupByName(found)].map(([name, records]) => [
          name,
          records.map((record) => recordToJson(record, true)),
        ]),
      ),
      lines: isSet(options, 'info')
        ? found.flatMap(formatRecordDetails)
        : formatSearchTable(found, context.style),
    };
  },
};

/** The same of all whose name has that of the spec in it. */
function widenName(spec: MatchSpec): MatchSpec {
  const { name, exactName, namePattern } = parseMatchSpec(`*${spec.name}*`);
  return { ...spec, name, exactName, namePattern };
}

async function notFound(spec: MatchSpec, config: LoadedConfig, outside: Outside): Promise<TcondaError> {
  const text = formatMatchSpec(spec);
  const subdirs = config.get('subdirs');
  const urls = outside.channels.flatMap((channel) =>
    channelSubdirs(channel, subdirs).map((subdir) => subdirUrl(channel, subdir)),
  );
  const formatted = urls.map((url) => `\n  - ${url}`).join('');
  const near = await findNear(spec, config, outside);
  return new TcondaError(
    'PACKAGES_NOT_FOUND',
    `The following packages are not available from current channels:\n\n  - ${text}\n\nCurrent channels:\n${formatted}`,
    {
      hint:
        near.length > 0
          ? `Did you mean ${near.join(' or ')}?`
          : 'Check the spelling, or add a channel: -c <channel>',
      data: {
        packages: [text],
        packages_formatted: `\n  - ${text}`,
        channel_urls: urls,
        channels_formatted: formatted,
        suggestions: near,
      },
    },
  );
}

async function findNear(spec: MatchSpec, config: LoadedConfig, outside: Outside): Promise<readonly string[]> {
  if (spec.exactName === undefined) return [];
  const query = { channels: outside.channels, subdirs: config.get('subdirs'), names: [], closure: false };
  const { subdirs } = await loadRepodata(query, outside.repodata);
  const names = new Set(subdirs.flatMap((subdir) => (subdir.kind === 'found' ? subdir.names() : [])));
  return nearNames(spec.name, [...names]);
}
