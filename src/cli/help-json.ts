import type { CommandSpec, OptionGroup } from '../commands/command.ts';
import type { CommandEntry } from '../commands/command-entry.ts';

/** What `--help --json` prints of a group of commands, and of tconda itself. */
export function groupHelpToJson(path: readonly string[], entries: readonly CommandEntry[]): object {
  return {
    success: true,
    command: ['tconda', ...path].join(' '),
    commands: entries
      .filter(({ hidden }) => hidden !== true)
      .map(({ name, aliases = [], summary }) => ({ name, aliases, summary })),
  };
}

/** What `--help --json` prints of one command. Flags and operands are as the text shows them: `-n, --name <environment>`. */
export function commandHelpToJson(name: string, spec: CommandSpec, globals: OptionGroup): object {
  const { summary, description = summary, operands = [], examples = [] } = spec;
  const options = [...spec.options, globals].flatMap(({ heading, options: members }) =>
    members
      .filter(({ hidden }) => hidden !== true)
      .map(({ flags, description: text, choices }) => ({
        flags,
        description: text,
        heading,
        ...(choices !== undefined && { choices }),
      })),
  );
  return { success: true, command: name, summary, description, operands, options, examples };
}
