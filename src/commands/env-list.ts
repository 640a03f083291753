import { environmentsToJson, formatEnvironmentTable } from '../report/environment-table.ts';
import type { CommandSpec } from './command.ts';
import { findEnvironments } from './environments.ts';
import { isSet } from './option-values.ts';
import { loadSettings } from './settings.ts';
import { withSizes } from './environment-sizes.ts';

export const envList: CommandSpec = {
  summary: 'List environments',
  examples: ['tconda env list', 'tconda env list --size --json'],
  description: 'Lists the environments of this user: those with a name and those made anywhere else.',
  options: [
    {
      heading: 'Display',
      options: [{ flags: '--size', description: 'show how much disk their packages take' }],
    },
  ],
  async run(_, options, context) {
    const config = await loadSettings(options, context);
    const found = findEnvironments(config, context.host);
    const entries = isSet(options, 'size') ? await withSizes(found, config, context) : found;
    return {
      kind: 'output',
      json: environmentsToJson(entries),
      lines: formatEnvironmentTable(entries, context.style),
    };
  },
};
