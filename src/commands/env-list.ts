import { environmentsToJson, formatEnvironmentTable } from '../report/environment-table.ts';
import type { CommandSpec } from './command.ts';
import { findEnvironments } from './environments.ts';
import { loadSettings } from './settings.ts';

export const envList: CommandSpec = {
  summary: 'List environments',
  description: 'Lists the environments of this user: those with a name and those made anywhere else.',
  options: [],
  async run(_, options, context) {
    const config = await loadSettings(options, context);
    const entries = findEnvironments(config, context.host);
    return {
      kind: 'output',
      json: environmentsToJson(entries),
      lines: formatEnvironmentTable(entries),
    };
  },
};
