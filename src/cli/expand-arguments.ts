import type { OptionSpec } from '../commands/command.ts';
import { PAIR_SEPARATOR } from '../commands/option-values.ts';
import { TcondaError } from '../errors.ts';

/**
 * Writes out the short forms people are used to from argparse: unambiguous beginnings of long options (`--dry`) and
 * other spellings (`--no-update-deps`). Stops at `--`, and with `passThrough` at the first operand.
 * @throws {TcondaError} `USAGE` for a beginning that several options have
 */
export function expandArguments(
  args: readonly string[],
  options: readonly OptionSpec[],
  passThrough = false,
): readonly string[] {
  const expanded: string[] = [];
  const hasOwnR = options.some(({ flags }) => flags.startsWith('-r,'));
  for (let at = 0; at < args.length; at++) {
    // micromamba's short form, where a command has none of its own.
    const argument = args[at] === '-r' && !hasOwnR ? '--root-prefix' : (args[at] ?? '');
    if (argument === '--' || (passThrough && !argument.startsWith('-'))) {
      return [...expanded, ...args.slice(at)];
    }
    if (argument === '--json=events') {
      expanded.push('--json-events');
    } else if (argument.startsWith('--json=')) {
      throw new TcondaError('USAGE', `${argument}: --json stands alone, or is --json=events`);
    } else if (argument.startsWith('--')) {
      const [name = argument, ...value] = argument.split('=');
      const found = resolveLong(name, options);
      const long = found?.long ?? name;
      if (found?.option.preset !== undefined && value.length === 0) {
        const isChosen = found.option.choices?.includes(args[at + 1] ?? '') === true;
        expanded.push(`${long}=${isChosen ? args[++at] : found.option.preset}`);
        continue;
      }
      if (
        found !== undefined &&
        value.length > 0 &&
        !/[<[]/.test(found.option.flags) &&
        !isPassed(found.option)
      ) {
        const shown = found.option.flags.replace(', ', '/');
        throw new TcondaError('USAGE', `argument ${shown}: ignored explicit argument '${value.join('=')}'`);
      }
      if (found?.option.namesOperands === true && value.length > 0) {
        expanded.push(long, value.join('='));
        continue;
      }
      const wants = found === undefined || value.length > 0 ? 0 : valuesOf(found.option);
      const given = args.slice(at + 1, at + 1 + wants);
      if (wants === 2) {
        if (given.length < 2) throw new TcondaError('USAGE', `argument ${long}: expected 2 arguments`);
        expanded.push(`${long}=${given.join(PAIR_SEPARATOR)}`);
      } else {
        if (wants === 1) checkValue(found?.option, given[0], options);
        expanded.push([long, ...value].join('='), ...given);
      }
      at += wants;
      if (found?.option.many === true) at = repeatFor(found.option, args, at, expanded);
    } else {
      expanded.push(...splitOperand(argument, options));
      const waiting = findWaiting(argument, options);
      if (waiting !== undefined) {
        checkValue(waiting, args[at + 1], options);
        expanded.push(...args.slice(at + 1, ++at + 1));
        if (waiting.many === true) at = repeatFor(waiting, args, at, expanded);
      }
    }
  }
  return expanded;
}

/** Whether a value behind `=` is more than a mistake: it is an operand, or one of several. */
function isPassed({ namesOperands, many }: OptionSpec): boolean {
  return namesOperands === true || many === true;
}

/** `-n=name` is `-n name`, and `-wfile` is `-w file` where the operands stand behind `-w`. */
function splitOperand(argument: string, options: readonly OptionSpec[]): readonly string[] {
  const given = /^(-[a-zA-Z])=(.*)$/s.exec(argument);
  if (given !== null && options.some((one) => one.flags.startsWith(`${given[1]},`) && takesValue(one))) {
    // Behind the letter, so that an empty value and one that looks like an option stay values.
    return given[2] === '' ? [given[1] ?? '', ''] : [`${given[1]}${given[2]}`];
  }
  const isFlag = (letter: string): boolean => options.some(({ flags }) => flags.startsWith(`-${letter},`));
  const [short, rest] = [argument.slice(0, 2), argument.slice(2)];
  const option = options.find(({ flags }) => flags.startsWith(`${short},`));
  const isSplit = option?.namesOperands === true && rest !== '' && !rest.split('').every(isFlag);
  return isSplit ? [short, rest] : [argument];
}

/** Gives an option the words behind its first value too. @returns where the last of them stands */
function repeatFor(option: OptionSpec, args: readonly string[], at: number, expanded: string[]): number {
  const behind = args.slice(at + 1);
  const end = behind.findIndex((argument) => argument.startsWith('-'));
  const values = end < 0 ? behind : behind.slice(0, end);
  expanded.push(...values.map((value) => `${longOf(option)}=${value}`));
  return at + values.length;
}

/** Finds the option that `name` (`--dry-run`, `--dry`) is or begins. */
export function resolveLong(
  name: string,
  options: readonly OptionSpec[],
): { readonly option: OptionSpec; readonly long: string } | undefined {
  const spellings = options.flatMap((option) => {
    const long = longOf(option);
    return [long, ...(option.aliases ?? [])].map((spelling) => ({ option, long, spelling }));
  });
  const exact = spellings.find(({ spelling }) => spelling === name);
  if (exact !== undefined) return exact;
  const all = spellings.filter(({ spelling }) => spelling.startsWith(name));
  const ofConda = all.filter(({ option }) => option.isOwn !== true);
  const begun = ofConda.length > 0 ? ofConda : all;
  const [first] = begun;
  if (first === undefined || name.length < 3) return undefined;
  if (begun.every(({ option }) => option === first.option)) return first;
  const names = begun.map(({ spelling }) => spelling).join(', ');
  throw new TcondaError('USAGE', `ambiguous option: ${name} could match ${names}`);
}

/** Whether the option has a value, as `--name <environment>` has. */
export function takesValue(option: OptionSpec): boolean {
  return option.flags.includes('<');
}

/** How many arguments its value is: `--set <key> <value>` has two. */
function valuesOf(option: OptionSpec): number {
  return option.flags.split('<').length - 1;
}

function longOf(option: OptionSpec): string {
  return /--[\w-]+/.exec(option.flags)?.[0] ?? option.flags;
}

/** The last option in a cluster of short ones (`-yn`), when its value is the next argument. */
function findWaiting(argument: string, options: readonly OptionSpec[]): OptionSpec | undefined {
  if (!/^-\w+$/.test(argument)) return undefined;
  const letters = argument.slice(1).split('');
  const found = letters.map((letter) =>
    options.find((option) => option.flags.startsWith(`-${letter},`) && takesValue(option)),
  );
  const first = found.findIndex((option) => option !== undefined);
  return first === letters.length - 1 ? found[first] : undefined;
}

/** An option behind an option that wants a value is a value that was forgotten: `-n --json` names no environment. */
function checkValue(
  option: OptionSpec | undefined,
  value: string | undefined,
  options: readonly OptionSpec[],
): void {
  if (option === undefined || value === undefined) return;
  if (!options.some(({ flags, aliases = [] }) => isSpelled(value, [flags, ...aliases]))) return;
  const spelled = option.flags.replace(', ', '/').replace(/ .*/, '');
  throw new TcondaError('USAGE', `argument ${spelled}: expected one argument`);
}

function isSpelled(value: string, flags: readonly string[]): boolean {
  return flags.some((text) => text.split(/[ ,]+/).includes(value));
}
