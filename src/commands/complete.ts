import type { CommandEntry } from './command-entry.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { environmentName, findEnvironments } from './environments.ts';
import { globalOptions } from './options.ts';
import { loadSettings } from './settings.ts';
import { COMMANDS, findCommand } from './table.ts';

export const complete: CommandSpec = {
  summary: 'Print what a half typed command line can go on with, one a line',
  operands: ['[words...]'],
  options: [],
  passThrough: true,
  async run(words, options, context) {
    const last = words.at(-1) ?? '';
    const lines = (
      await candidates(words.slice(0, -1), last, async () => {
        const config = await loadSettings(options, context);
        const [root, dirs] = [config.get('root_prefix'), config.get('envs_dirs')];
        return findEnvironments(config, context.host)
          .map(({ prefix }) => environmentName(prefix, root, dirs))
          .filter((name) => name !== '');
      })
    ).filter((candidate) => candidate.startsWith(last));
    return { kind: 'output', json: lines, lines };
  },
};

const NAMES_ENVIRONMENT: ReadonlySet<string> = new Set(['-n', '--name', '--clone']);
const TAKES_ENVIRONMENT: ReadonlySet<string> = new Set(['activate', 'diff', 'shell']);

async function candidates(
  words: readonly string[],
  last: string,
  environments: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (NAMES_ENVIRONMENT.has(words.at(-1) ?? '')) return environments();
  let entries: readonly CommandEntry[] = COMMANDS;
  let entry: CommandEntry | undefined;
  for (const word of words.filter((text) => !text.startsWith('-'))) {
    const found = findCommand(entries, word);
    if (found === undefined) break;
    entry = found;
    entries = found.commands ?? [];
  }
  if (last.startsWith('-')) {
    const spec = await entry?.load?.();
    const groups = [...(spec?.options ?? []), globalOptions];
    return groups.flatMap((group) =>
      group.options.filter(({ hidden }) => hidden !== true).flatMap(spellings),
    );
  }
  if (entry !== undefined && TAKES_ENVIRONMENT.has(entry.name)) return environments();
  return entries.filter(({ hidden }) => hidden !== true).map(({ name }) => name);
}

function spellings({ flags }: OptionSpec): readonly string[] {
  return flags.match(/(?<![\w-])--?[\w-]+/g) ?? [];
}
