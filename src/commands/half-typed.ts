import type { CommandEntry } from './command-entry.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { globalOptions } from './options.ts';
import { COMMANDS, findCommand } from './table.ts';

/** What a command line has said before the word that is being typed. */
export interface HalfTyped {
  /** The names of the command, `env`, `list`; none before it. */
  readonly path: readonly string[];
  readonly spec: CommandSpec | undefined;
  /** The commands that the next word can name. */
  readonly entries: readonly CommandEntry[];
  /** The option whose value the next word is. */
  readonly awaiting: OptionSpec | undefined;
  readonly options: readonly OptionSpec[];
  /** What options with a value were given, by their long name without dashes. */
  readonly given: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
  /** Behind `--` there are no options. */
  readonly isLiteral: boolean;
}

/** Reads the words before the one that is being typed. Mistakes in them are nobody's concern yet. */
export async function readHalfTyped(words: readonly string[]): Promise<HalfTyped> {
  const path: string[] = [];
  const given = new Map<string, string>();
  const operands: string[] = [];
  let entries: readonly CommandEntry[] = COMMANDS;
  let options: readonly OptionSpec[] = globalOptions.options;
  let spec: CommandSpec | undefined;
  let awaiting: OptionSpec | undefined;
  let isLiteral = false;
  for (const word of words) {
    const isValue = awaiting !== undefined && (!isOptional(awaiting) || awaiting.choices?.includes(word));
    if (awaiting !== undefined && isValue === true) {
      given.set(longNameOf(awaiting), word);
      awaiting = undefined;
      continue;
    }
    awaiting = undefined;
    if (isLiteral) {
      operands.push(word);
    } else if (word === '--') {
      isLiteral = true;
    } else if (word.startsWith('-')) {
      const [name = '', value] = word.split(/=(.*)/s);
      // Short where no command has another use for the letter.
      const option = findOption(options, name) ?? findOption(options, name === '-r' ? '--root-prefix' : name);
      if (option === undefined || !/[<[]/.test(option.flags)) continue;
      if (value === undefined) awaiting = option;
      else given.set(longNameOf(option), value);
    } else if (word !== 'help' || path.length > 0 || operands.length > 0) {
      const entry = operands.length === 0 ? findCommand(entries, word) : undefined;
      if (entry === undefined) {
        operands.push(word);
        continue;
      }
      path.push(entry.name);
      entries = entry.commands ?? [];
      // oxlint-disable-next-line no-await-in-loop -- there are two at most
      spec = await entry.load?.();
      const own = spec?.options.flatMap((group) => group.options) ?? [];
      options = [...own, ...globalOptions.options];
    }
  }
  return {
    path,
    spec,
    entries: operands.length === 0 ? entries : [],
    awaiting,
    options,
    given,
    operands,
    isLiteral,
  };
}

/** Whether the option can stand without its value: `--channel-priority [mode]`. */
export function isOptional({ flags }: OptionSpec): boolean {
  return !flags.includes('<');
}

/** Every way to write an option, short and long. */
export function spellingsOf({ flags, aliases = [] }: OptionSpec): readonly string[] {
  return [...(flags.match(/(?<![\w-])--?[\w-]+/g) ?? []), ...aliases];
}

/** The option that a word names. */
export function findOption(options: readonly OptionSpec[], word: string): OptionSpec | undefined {
  return options.find((option) => spellingsOf(option).includes(word));
}

function longNameOf(option: OptionSpec): string {
  return (/--([\w-]+)/.exec(option.flags)?.[1] ?? option.flags).replace(/^no-/, '');
}
