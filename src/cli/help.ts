import type { CommandEntry, CommandGroup } from '../commands/command-entry.ts';

const WIDTH = 18;

const HEADINGS: readonly (readonly [group: CommandGroup | undefined, heading: string])[] = [
  ['environments', 'Environments'],
  ['packages', 'Packages'],
  ['programs', 'Programs'],
  ['shells', 'Shells'],
  ['channels', 'Channels and archives'],
  ['settings', 'Settings and caches'],
  [undefined, 'Commands'],
];

/** What `tconda`, `tconda --help` and `tconda env` print. */
export function formatHelp(path: readonly string[], entries: readonly CommandEntry[]): readonly string[] {
  const name = ['tconda', ...path].join(' ');
  const shown = entries.filter((entry) => entry.hidden !== true);
  const title = path.length === 0 ? ['Manages packages and environments, as conda does.', ''] : [];
  return [
    ...title,
    `Usage: ${name} [-v] [-q] [--json] COMMAND ...`,
    '',
    ...HEADINGS.flatMap(([group, heading]) => {
      const members = shown.filter((entry) => entry.group === group);
      return members.length === 0 ? [] : [`${heading}:`, ...members.map(formatRow), ''];
    }),
    `See ${name} COMMAND --help for more.`,
  ];
}

function formatRow(entry: CommandEntry): string {
  const names = [entry.name, ...(entry.aliases ?? [])].join(', ');
  return `  ${names.padEnd(WIDTH)} ${entry.summary}`;
}
