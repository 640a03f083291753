import type { CommandSpec } from './command.ts';
import { findExternals } from './external-commands.ts';

export const plugins: CommandSpec = {
  summary: 'List commands that other programs add',
  description:
    'Every program tconda-NAME on PATH is the command tconda NAME; what is called conda-NAME is one, too. It gets the ' +
    'arguments, the terminal and the signals, and its exit code is that of tconda. Python plugins of conda are not loaded.',
  options: [],
  examples: ['tconda plugins'],
  run: (_, __, { host }) => {
    const found = [...findExternals(host)].map(([name, file]) => ({ name, file }));
    const width = Math.max(0, ...found.map(({ name }) => name.length));
    return Promise.resolve({
      kind: 'output',
      json: found,
      lines:
        found.length === 0
          ? ['There are none: no program on PATH is called tconda-NAME or conda-NAME.']
          : found.map(({ name, file }) => `${name.padEnd(width)}  ${file}`),
    });
  },
};
