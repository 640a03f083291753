import { channelSettings, type LoadedConfig } from '../config/index.ts';
import { nameOfDependency } from '../model/dependency-order.ts';
import { findMatchSpec, parseMatchSpec } from '../model/match-spec-text.ts';
import { type MatchSpec, matchesRecord } from '../model/match-spec.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { compareVersions, findVersion } from '../model/version.ts';
import { loadRepodata } from '../repodata/index.ts';
import { formatQueryTable, queryToJson } from '../report/query-table.ts';
import { formatTree, type TreeNode } from '../report/tree-lines.ts';
import type { CommandResult, CommandSpec, Context, OptionGroup, OptionValues } from './command.ts';
import { loadEnvironmentOf } from './environment.ts';
import { micromambaChannelOptions } from './micromamba-options.ts';
import { isSet, readText } from './option-values.ts';
import { idleGroup, ownGroups } from './installing-options.ts';
import { channelOptions, networkOptions, platformOptions, targetOptions } from './options.ts';
import { type Outside, withOutside } from './outside.ts';
import { loadSettings } from './settings.ts';

const queryOptions: OptionGroup = {
  heading: 'Query',
  options: [
    { flags: '-t, --tree', description: 'as a tree, all the way' },
    { flags: '-r, --recursive', description: 'all the way, not the next step alone' },
    { flags: '--local', description: 'among the packages of the environment' },
    {
      flags: '--remote',
      description: 'among the packages of the channels',
      hidden: true,
      noEffect: 'it is the default',
    },
    { flags: '--pretty', description: 'nothing', hidden: true, noEffect: 'there is one form' },
    {
      flags: '--no-installed',
      description: 'nothing',
      hidden: true,
      noEffect: 'what is installed is asked with --local alone',
    },
    { flags: '-a, --all-channels', description: 'nothing', hidden: true, noEffect: 'all are always asked' },
  ],
};

const groups = [
  queryOptions,
  ...ownGroups([targetOptions]),
  platformOptions,
  channelOptions,
  micromambaChannelOptions,
  networkOptions,
];

export const querySearch: CommandSpec = {
  summary: 'Find packages that match a spec',
  operands: ['<spec>'],
  options: [
    idleGroup(queryOptions, 'what is found stands alone', (flags) => /--tree|--recursive/.test(flags)),
    ...groups.slice(1),
  ],
  examples: ['tconda repoquery search "numpy>=2"'],
  run: ([text = ''], options, context) =>
    query('search', text, options, context, async (spec, source) => ({
      records: newestFirst((await source.named(spec)).filter((record) => matchesRecord(spec, record))),
    })),
};

export const queryDepends: CommandSpec = {
  summary: 'Show what a package needs',
  description:
    'Shows the newest package that matches the spec, and the newest package for each of its dependencies.',
  operands: ['<spec>'],
  options: groups,
  examples: ['tconda repoquery depends numpy', 'tconda repoquery depends --tree scipy -c conda-forge'],
  run: ([text = ''], options, context) =>
    query('depends', text, options, context, async (spec, source) => {
      const all = await source.closure(spec);
      const best = newestFirst(all.filter((record) => matchesRecord(spec, record)))[0];
      if (best === undefined) return { records: [] };
      const next = (record: RepoDataRecord): readonly RepoDataRecord[] =>
        record.depends.flatMap((text_) => {
          const dependency = findMatchSpec(text_);
          if (dependency === undefined) return [];
          return newestFirst(all.filter((other) => matchesRecord(dependency, other))).slice(0, 1);
        });
      return walk([best], next, options);
    }),
};

export const queryWhoneeds: CommandSpec = {
  summary: 'Show what needs a package',
  description: 'Shows the packages that depend on one of this name.',
  operands: ['<spec>'],
  options: groups,
  examples: [
    'tconda repoquery whoneeds openssl -c conda-forge',
    'tconda repoquery whoneeds --local -n myenv zlib',
  ],
  run: ([text = ''], options, context) =>
    query('whoneeds', text, options, context, async (spec, source) => {
      const all = await source.everything();
      const needing = new Map<string, RepoDataRecord[]>();
      for (const record of all) {
        for (const name of new Set(record.depends.map(nameOfDependency))) {
          const known = needing.get(name);
          if (known === undefined) needing.set(name, [record]);
          else known.push(record);
        }
      }
      const next = (name: string): readonly RepoDataRecord[] => newestFirst(needing.get(name) ?? []);
      if (!isDeep(options)) return { records: next(spec.name) };
      const start = newestFirst(all.filter((record) => matchesRecord(spec, record)))[0];
      const found = walk(start === undefined ? [] : [start], ({ name }) => onePerName(next(name)), options);
      return { ...found, records: found.records.filter((record) => record !== start) };
    }),
};

interface Found {
  readonly records: readonly RepoDataRecord[];
  readonly tree?: readonly TreeNode[];
}

/** Where the records of a query come from. */
interface Source {
  readonly named: (spec: MatchSpec) => Promise<readonly RepoDataRecord[]>;
  readonly closure: (spec: MatchSpec) => Promise<readonly RepoDataRecord[]>;
  readonly everything: () => Promise<readonly RepoDataRecord[]>;
}

async function query(
  type: 'search' | 'depends' | 'whoneeds',
  text: string,
  options: OptionValues,
  context: Context,
  find: (spec: MatchSpec, source: Source) => Promise<Found>,
): Promise<CommandResult> {
  const config = await loadSettings(options, context);
  const spec = parseMatchSpec(text, { channels: channelSettings(config, context.host) });
  const isLocal = isSet(options, 'local') || readText(options, 'name') !== undefined;
  const { records, tree } = isLocal
    ? await find(spec, await installedSource(config, context))
    : await withOutside(config, context, (outside) => find(spec, channelSource(config, outside)));
  const json = queryToJson(type, text, records);
  if (records.length === 0)
    return { kind: 'output', json, lines: [`No entries matching "${text}" found`, ''] };
  const lines = isSet(options, 'tree') && tree !== undefined ? formatTree(tree) : formatQueryTable(records);
  return { kind: 'output', json, lines: [...lines, ''] };
}

async function installedSource(config: LoadedConfig, context: Context): Promise<Source> {
  const { records } = await loadEnvironmentOf(config, context);
  const all = (): Promise<readonly RepoDataRecord[]> => Promise.resolve(records);
  return { named: all, closure: all, everything: all };
}

function channelSource(config: LoadedConfig, outside: Outside): Source {
  const load = async (
    names: readonly string[],
    patterns: readonly string[],
    closure: boolean,
  ): Promise<readonly RepoDataRecord[]> => {
    const { subdirs } = await loadRepodata(
      {
        channels: outside.channels,
        subdirs: config.get('subdirs'),
        names,
        patterns,
        typed: [...names, ...patterns],
        closure,
      },
      outside.repodata,
    );
    return subdirs.flatMap((subdir) => (subdir.kind === 'found' ? subdir.records : []));
  };
  const of = (spec: MatchSpec, closure: boolean): Promise<readonly RepoDataRecord[]> =>
    spec.exactName === undefined ? load([], [spec.name], closure) : load([spec.exactName], [], closure);
  return {
    named: (spec) => of(spec, false),
    closure: (spec) => of(spec, true),
    everything: () => load([], ['*'], false),
  };
}

/** From the start one step, or as many as there are; each package once. */
function walk(
  starts: readonly RepoDataRecord[],
  next: (record: RepoDataRecord) => readonly RepoDataRecord[],
  options: OptionValues,
): Found {
  const seen = new Set<RepoDataRecord>();
  const grow = (record: RepoDataRecord, depth: number): TreeNode => {
    const label = `${record.name} ${record.version} ${record.build}`;
    if (seen.has(record)) return { label, isRepeated: record.depends.length > 0, children: [] };
    seen.add(record);
    const below = depth === 0 || isDeep(options) ? next(record) : [];
    return { label, children: below.map((other) => grow(other, depth + 1)) };
  };
  const tree = starts.map((start) => grow(start, 0));
  const [first, ...rest] = seen;
  const sorted = rest.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { records: first === undefined ? [] : [first, ...sorted], tree };
}

function isDeep(options: OptionValues): boolean {
  return isSet(options, 'recursive') || isSet(options, 'tree');
}

function onePerName(records: readonly RepoDataRecord[]): readonly RepoDataRecord[] {
  return [...new Map(records.toReversed().map((record) => [record.name, record])).values()];
}

/** By name, then the newest version and build first. */
function newestFirst(records: readonly RepoDataRecord[]): readonly RepoDataRecord[] {
  return records.toSorted((a, b) => {
    if (a.name !== b.name) return a.name < b.name ? -1 : 1;
    const [left, right] = [findVersion(a.version), findVersion(b.version)];
    const byVersion = left === undefined || right === undefined ? 0 : compareVersions(right, left);
    return byVersion || b.build_number - a.build_number;
  });
}
