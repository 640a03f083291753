import { formatHistory, historyToJson } from '../report/history-lines.ts';
import type { CommandSpec } from './command.ts';
import { loadEnvironmentOf } from './environment.ts';
import { targetOptions } from './options.ts';
import { readRevisions } from './read-revisions.ts';
import { loadSettings } from './settings.ts';

export const history: CommandSpec = {
  summary: 'Show how an environment came to be',
  description:
    'Shows every change of an environment with its number, time, command and packages. Go back with undo, or with ' +
    'install --revision NUMBER.',
  options: [targetOptions],
  examples: ['tconda history -n myenv', 'tconda install -n myenv --revision 3'],
  async run(_, options, context) {
    const config = await loadSettings(options, context);
    const { prefix } = await loadEnvironmentOf(config, context);
    const revisions = await readRevisions(prefix);
    return { kind: 'output', json: historyToJson(revisions), lines: formatHistory(revisions, context.style) };
  },
};
