import type { OptionSpec } from '../commands/command.ts';
import type { CommandEntry } from '../commands/command-entry.ts';
import { ELSEWHERE } from '../commands/table/elsewhere.ts';
import { promptOptions, targetOptions } from '../commands/options.ts';
import { findCommand, SHELL_COMMAND } from '../commands/table.ts';
import { TcondaError } from '../errors.ts';
import { nearNames } from '../report/near-names.ts';
import { resolveLong, takesValue } from './expand-arguments.ts';

/** What was called, and what is left of the line for it. */
export type CommandLine =
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly path: readonly string[]; readonly entries: readonly CommandEntry[] }
  | { readonly kind: 'shell'; readonly shell: string; readonly args: readonly string[] }
  /** A program of the name `tconda-NAME`. */
  | { readonly kind: 'external'; readonly file: string; readonly args: readonly string[] }
  | {
      readonly kind: 'command';
      readonly path: readonly string[];
      readonly entry: CommandEntry & Required<Pick<CommandEntry, 'load'>>;
      readonly args: readonly string[];
    };

/**
 * Finds the command in a command line. Options that stand before it and belong to all commands move behind it.
 * @param findProgram finds the program behind a command that is none of ours
 * @throws {TcondaError} `USAGE`, with the nearest names for a command that does not exist
 */
export function readCommandLine(
  argv: readonly string[],
  commands: readonly CommandEntry[],
  globals: readonly OptionSpec[],
  findProgram: (name: string) => string | undefined = () => undefined,
): CommandLine {
  const { leading, rest } = splitLeading(argv, [...globals, ...LEADING]);
  const [first, ...args] = rest;
  if (first === '--version' || first === '-V') return { kind: 'version' };
  if (first === undefined || isHelp(first)) return { kind: 'help', path: [], entries: commands };
  if (first === 'help') {
    const words = args.filter((argument) => !argument.startsWith('-'));
    return readCommandLine([...leading, ...words, '--help'], commands, globals, findProgram);
  }
  if (first.startsWith(`${SHELL_COMMAND}.`)) {
    return { kind: 'shell', shell: first.slice(SHELL_COMMAND.length + 1), args };
  }
  if (findCommand(commands, first) === undefined) {
    const file = findProgram(first);
    if (file !== undefined) return { kind: 'external', file, args: [...leading, ...args] };
  }
  return descend([], commands, first, [...leading, ...args], [...globals, ...LEADING]);
}

/** What micromamba takes before the command, too, and what not every command here has: the command itself says so then. */
const LEADING: readonly OptionSpec[] = [
  ...targetOptions.options,
  ...promptOptions.options,
  ...['--offline', '--download-only'].map((flags) => ({ flags, description: '', isOwn: true })),
];

function descend(
  path: readonly string[],
  entries: readonly CommandEntry[],
  name: string,
  args: readonly string[],
  globals: readonly OptionSpec[],
): CommandLine {
  const entry = findCommand(entries, name);
  if (entry === undefined) throw unknownCommand(path, entries, name);
  const found = [...path, entry.name];
  const commands = entry.commands ?? [];
  const at = args.findIndex((argument, index) => !argument.startsWith('-') && !isValue(args, index, globals));
  const next = args[at];
  const isOperand = args.slice(0, Math.max(at, 0)).some((argument) => isOwn(argument, globals));
  const isNamed = next !== undefined && !isOperand && findCommand(commands, next) !== undefined;
  if (entry.load !== undefined && !isNamed) {
    return { kind: 'command', path: found, entry: { ...entry, load: entry.load }, args };
  }
  if (next === undefined || args.slice(0, at).some(isHelp)) {
    return { kind: 'help', path: found, entries: commands };
  }
  return descend(found, commands, next, args.toSpliced(at, 1), globals);
}

/** Whether it is an option of the command alone: what stands behind `config -n` is no command, whatever its name. */
function isOwn(argument: string, globals: readonly OptionSpec[]): boolean {
  return argument.startsWith('-') && argument !== '-r' && findGlobal(argument, globals) === undefined;
}

/** Whether an argument belongs to an option of all commands before it: `-r PATH env list`. */
function isValue(args: readonly string[], index: number, globals: readonly OptionSpec[]): boolean {
  const before = args[index - 1] ?? '';
  if (before === '-r') return true;
  const isBefore = ({ flags, aliases = [] }: OptionSpec): boolean =>
    [...flags.split(/[ ,]+/), ...aliases].includes(before);
  return globals.some((option) => takesValue(option) && isBefore(option));
}

function splitLeading(
  given: readonly string[],
  globals: readonly OptionSpec[],
): { leading: readonly string[]; rest: readonly string[] } {
  const argv = given.map((argument, index) =>
    argument === '-r' && isLeading(given, index) ? '--root-prefix' : argument,
  );
  let at = 0;
  for (; at < argv.length; at++) {
    const argument = argv[at] ?? '';
    if (!argument.startsWith('-') || isHelp(argument)) break;
    if (argument === '--version' || argument === '-V') break;
    const option = findGlobal(argument, globals);
    if (option === undefined) throw new TcondaError('USAGE', `unrecognized arguments: ${argument}`);
    if (takesValue(option) && !argument.includes('=') && !isGlued(argument, option)) at++;
  }
  return { leading: argv.slice(0, at), rest: argv.slice(at) };
}

/** Whether nothing but options, and the value of a root prefix, stands before it. */
function isLeading(argv: readonly string[], index: number): boolean {
  return argv.slice(0, index).every((argument, at) => argument.startsWith('-') || argv[at - 1] === '-r');
}

function findGlobal(argument: string, globals: readonly OptionSpec[]): OptionSpec | undefined {
  if (argument.startsWith('--')) return resolveLong(argument.split('=', 1)[0] ?? argument, globals)?.option;
  const first = globals.find(({ flags }) => flags.startsWith(`${argument.slice(0, 2)},`));
  // The rest of -nenv and -n=env is the value.
  if (first !== undefined && takesValue(first)) return first;
  const letters = argument.slice(1).split('');
  const options = letters.map((letter) => globals.find((option) => option.flags.startsWith(`-${letter},`)));
  return options.includes(undefined) ? undefined : options.at(-1);
}

/** Whether the value stands behind the letter: `-nenv`. */
function isGlued(argument: string, option: OptionSpec): boolean {
  return argument.length > 2 && option.flags.startsWith(`${argument.slice(0, 2)},`);
}

function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h';
}

function unknownCommand(
  path: readonly string[],
  entries: readonly CommandEntry[],
  name: string,
): TcondaError {
  const names = entries.flatMap((entry) => [entry.name, ...(entry.aliases ?? [])]);
  const near = nearNames(name, names);
  const elsewhere = path.length === 0 ? ELSEWHERE.find((entry) => entry.name === name) : undefined;
  if (elsewhere !== undefined) {
    return new TcondaError('USAGE', `there is no command '${name}', which ${elsewhere.tool} has`, {
      hint: elsewhere.instead,
      data: { command: name, suggestions: [] },
    });
  }
  const help = ['tconda', ...path, '--help'].join(' ');
  return new TcondaError('USAGE', `there is no command '${[...path, name].join(' ')}'`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `See ${help}`,
    data: { command: name, suggestions: near },
  });
}
