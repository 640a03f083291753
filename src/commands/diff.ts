import path from 'node:path';

import { type LoadedConfig, prefixOfName } from '../config/index.ts';
import { distToJson } from '../report/dist-json.ts';
import { diffPackages, formatDiff } from '../report/environment-diff.ts';
import type { CommandSpec, Context } from './command.ts';
import { isEnvironment, loadPrefixAt, notAnEnvironment } from './environment.ts';
import { expandHome } from './expand-home.ts';
import { allRecords } from './pip-records.ts';
import { loadSettings } from './settings.ts';

export const diff: CommandSpec = {
  summary: 'Compare the packages of two environments',
  description:
    'Compares the packages of two environments, each given by name or path: - is only in the first, + only in the ' +
    'second, ~ in both with another version or build. Ends with 1 if there is a difference.',
  operands: ['<first>', '<second>'],
  options: [],
  examples: ['tconda diff myenv myenv-new', 'tconda diff base ./env --json'],
  async run([first = '', second = ''], options, context) {
    const config = await loadSettings(options, context);
    const [before, after] = await Promise.all(
      [first, second].map((given) => loadPrefixAt(findPrefix(given, config, context), config, context)),
    );
    const [left, right] = [before, after].map((one) =>
      one === undefined ? [] : allRecords(one, config, context),
    );
    const found = diffPackages(left ?? [], right ?? []);
    const lines = formatDiff(found);
    return {
      kind: 'output',
      json: {
        first: before?.prefix,
        second: after?.prefix,
        removed: found.removed.map(distToJson),
        added: found.added.map(distToJson),
        changed: found.changed.map(([from, to]) => ({ from: distToJson(from), to: distToJson(to) })),
      },
      lines,
      exitCode: lines.length > 0 ? 1 : 0,
    };
  },
};

/**
 * The environment that a name or a path means.
 * @throws {TcondaError} `PREFIX_NOT_FOUND`
 */
export function findPrefix(given: string, config: LoadedConfig, { host }: Context): string {
  const isPath = /[/\\]/.test(given) || given === '.' || given.startsWith('~');
  const prefix = isPath ? path.resolve(host.cwd, expandHome(given, host.home)) : prefixOfName(given, config);
  if (!isEnvironment(prefix)) throw notAnEnvironment(prefix);
  return prefix;
}
