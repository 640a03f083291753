import type { CommandSpec } from './command.ts';
import { COMMANDS } from './table.ts';

export const commands: CommandSpec = {
  summary: 'List all commands, one a line',
  options: [],
  run: () => {
    const names = COMMANDS.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]).toSorted();
    return Promise.resolve({ kind: 'output', json: names, lines: names });
  },
};
