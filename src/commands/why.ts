import { nameOfDependency } from '../model/dependency-order.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import { buildGraph, shortestWays } from '../report/dependency-tree.ts';
import type { CommandSpec } from './command.ts';
import { loadEnvironmentOf } from './environment.ts';
import { targetOptions } from './options.ts';
import { allRecords, isOfPip } from './pip-records.ts';
import { loadSettings } from './settings.ts';
import { checkInstalled, labelOf } from './tree.ts';

export const why: CommandSpec = {
  summary: 'Say why a package is installed',
  description:
    'Says whether a package was asked for, and by which ways packages that were asked for need it.',
  operands: ['<name>'],
  options: [targetOptions],
  examples: ['tconda why -n myenv openssl'],
  async run([name = ''], options, context) {
    const config = await loadSettings(options, context);
    const installed = await loadEnvironmentOf(config, context);
    const { prefix, history } = installed;
    const records = allRecords(installed, config, context);
    const graph = buildGraph(records);
    checkInstalled(name, graph, prefix);
    const requested = records.filter((record) => isRequested(record, history)).map((record) => record.name);
    // Somebody asked pip for what nothing needs.
    const ofPip = records.filter((record) => isOfPip(record)).map((record) => record.name);
    const ofHand = ofPip.filter((other) => graph.neededBy.get(other)?.length === 0);
    const ways = shortestWays(
      [...requested, ...ofHand].filter((other) => other !== name),
      name,
      graph,
    );
    const spec = requested.some((other) => other === name) ? (history.get(name) ?? name) : undefined;
    const isPip = ofPip.some((other) => other === name);
    const isOrphan = spec === undefined && ways.length === 0 && !isPip;
    return {
      kind: 'output',
      json: { name, requested: spec ?? null, chains: ways },
      lines: [
        ...(spec === undefined ? [] : [`${labelOf(name, graph)} was asked for: ${spec}`]),
        ...(isPip ? [`${labelOf(name, graph)} was installed by pip`] : []),
        ...ways.map((way) => explainWay(way, graph)),
        ...(isOrphan ? [`${labelOf(name, graph)} was not asked for, and nothing that was needs it`] : []),
      ],
    };
  },
};

/** `scipy 1.14 needs numpy >=1.26: numpy 2.1 needs libblas` */
function explainWay(way: readonly string[], graph: ReturnType<typeof buildGraph>): string {
  return way
    .map((name, index) => {
      const next = way[index + 1];
      if (next === undefined) return labelOf(name, graph);
      const depends = graph.records.get(name)?.depends ?? [];
      const spec = depends.find((text) => nameOfDependency(text) === next) ?? next;
      const condition = spec.slice(next.length).trim();
      return `${labelOf(name, graph)} → ${condition === '' ? '' : `[${condition}] `}`;
    })
    .join('');
}

function isRequested(record: PrefixRecord, history: ReadonlyMap<string, string>): boolean {
  return record.requested_specs.length > 0 || history.has(record.name);
}
