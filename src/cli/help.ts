import type { CommandEntry } from '../commands/table.ts';

const WIDTH = 18;

/** What `tconda`, `tconda --help` and `tconda env` print. */
export function formatHelp(path: readonly string[], entries: readonly CommandEntry[]): readonly string[] {
  const name = ['tconda', ...path].join(' ');
  const rows = entries
    .filter((entry) => entry.hidden !== true)
    .map((entry) => {
      const names = [entry.name, ...(entry.aliases ?? [])].join(', ');
      return `  ${names.padEnd(WIDTH)} ${entry.summary}`;
    });
  const title = path.length === 0 ? ['Manages packages and environments, as conda does.', ''] : [];
  return [
    ...title,
    `Usage: ${name} [-v] [-q] [--json] COMMAND ...`,
    '',
    'Commands:',
    ...rows,
    '',
    `See ${name} COMMAND --help for more.`,
  ];
}
