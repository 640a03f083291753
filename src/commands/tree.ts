import { TcondaError } from '../errors.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import { buildGraph, type DependencyGraph, topsOf, treesOf } from '../report/dependency-tree.ts';
import { formatTree } from '../report/tree-lines.ts';
import type { CommandSpec } from './command.ts';
import { loadEnvironmentOf } from './environment.ts';
import { isSet } from './option-values.ts';
import { targetOptions } from './options.ts';
import { allRecords } from './pip-records.ts';
import { loadSettings } from './settings.ts';

export const tree: CommandSpec = {
  summary: 'Show the packages of an environment as a tree of dependencies',
  description:
    'Shows what the packages of an environment need, as a tree. Without NAMES it begins with what nothing else needs, and ' +
    'in a circle with what was asked for. ' +
    'A package marked (*) was opened above.',
  operands: ['[names...]'],
  options: [
    targetOptions,
    {
      heading: 'Display',
      options: [{ flags: '-i, --invert', description: 'show what needs the packages instead' }],
    },
  ],
  examples: ['tconda tree -n myenv', 'tconda tree -n myenv numpy', 'tconda tree -n myenv --invert openssl'],
  async run(names, options, context) {
    const config = await loadSettings(options, context);
    const installed = await loadEnvironmentOf(config, context);
    const { prefix } = installed;
    const records = allRecords(installed, config, context);
    const graph = buildGraph(records);
    for (const name of names) checkInstalled(name, graph, prefix);
    const isInverted = isSet(options, 'invert');
    const edges = isInverted ? graph.neededBy : graph.needs;
    // Of python and pip, which need each other, the one that was asked for is the top.
    const inOrder = records
      .toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
      .map(({ name }) => name);
    const starts = names.length > 0 ? names : topsOf(inOrder, edges).toSorted();
    return {
      kind: 'output',
      json: records
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, version, build }) => ({
          name,
          version,
          build,
          depends: graph.needs.get(name) ?? [],
          needed_by: (graph.neededBy.get(name) ?? []).toSorted(),
        })),
      lines:
        records.length === 0
          ? [`There are no packages in ${prefix}`]
          : formatTree(treesOf(starts, edges, (name) => labelOf(name, graph))),
    };
  },
};

/** @throws {TcondaError} `PACKAGE_NOT_INSTALLED` */
export function checkInstalled(name: string, graph: DependencyGraph, prefix: string): void {
  if (graph.records.has(name)) return;
  throw new TcondaError(
    'PACKAGE_NOT_INSTALLED',
    `Package is not installed in prefix.\n  prefix: ${prefix}\n  package name: ${name}`,
    { data: { package_name: name, packages_formatted: '', prefix } },
  );
}

/** Name and version of a package as a line of a tree; of one that is not installed the name. */
export function labelOf(name: string, { records }: DependencyGraph): string {
  return `${name} ${records.get(name)?.version ?? ''}`.trimEnd();
}

function rank({ requested_specs: specs }: PrefixRecord): number {
  return specs.length > 0 ? 0 : 1;
}
