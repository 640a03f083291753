import { Command, CommanderError, Option } from 'commander';

import type { CommandSpec, OptionGroup, OptionSpec, OptionValue, OptionValues } from '../commands/command.ts';
import { TcondaError } from '../errors.ts';
import { nearNames } from '../report/near-names.ts';
import { expandArguments, takesValue } from './expand-arguments.ts';

/** What a command line asks for: its help, or that the command runs. */
export type ParsedArguments =
  | { readonly kind: 'help'; readonly text: string }
  | {
      readonly kind: 'run';
      readonly operands: readonly string[];
      readonly values: OptionValues;
      /** Options that change nothing here but were given. */
      readonly ignored: readonly OptionSpec[];
    };

/**
 * Reads the arguments of one command.
 * @throws {TcondaError} `USAGE`
 */
export function parseArguments(
  name: string,
  spec: CommandSpec,
  globals: OptionGroup,
  args: readonly string[],
): ParsedArguments {
  const groups = [...spec.options, globals];
  const options = groups.flatMap((group) => group.options);
  const given = new Map<OptionSpec, number>();
  let help = '';

  const command = new Command(name)
    .description(spec.description ?? spec.summary)
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => (help += text), writeErr: () => {} })
    .configureHelp({ helpWidth: 80 });
  if (spec.examples !== undefined) command.addHelpText('after', examplesText(spec.examples));
  if (spec.passThrough === true) command.passThroughOptions();
  for (const operand of spec.operands ?? []) command.argument(operand);
  for (const { heading, options: members } of groups) {
    for (const option of members) {
      command.addOption(commanderOption(option).helpGroup(`${heading}:`));
      command.on(`option:${eventName(option)}`, () => given.set(option, (given.get(option) ?? 0) + 1));
    }
  }

  try {
    command.parse([...expandArguments(args, options, spec.passThrough)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'help', text: help };
    throw new TcondaError('USAGE', usageMessage(error), { hint: usageHint(error, options, name) });
  }

  for (const option of given.keys()) {
    if (option.refused !== undefined) {
      throw new TcondaError('USAGE', `${longName(option)} can't be used: ${option.refused}`);
    }
  }
  return {
    kind: 'run',
    operands: command.args,
    values: { ...command.opts<Record<string, OptionValue>>(), ...countsOf(given) },
    ignored: [...given.keys()].filter((option) => option.noEffect !== undefined),
  };
}

/** The long name of an option, as people write it. */
export function longName(option: OptionSpec): string {
  return `--${eventName(option)}`;
}

function commanderOption(option: OptionSpec): Option {
  const made = new Option(option.flags, option.description).hideHelp(option.hidden === true);
  if (option.conflicts !== undefined) made.conflicts([...option.conflicts]);
  if (option.choices !== undefined) made.choices(option.choices);
  if (option.repeat === true && takesValue(option)) {
    made.argParser((value: string, all: readonly string[] | undefined) => [...(all ?? []), value]);
  }
  return made;
}

/** How often flags such as `-v` were given. */
function countsOf(given: ReadonlyMap<OptionSpec, number>): OptionValues {
  const counts = [...given].filter(([option]) => option.repeat === true && !takesValue(option));
  return Object.fromEntries(counts.map(([option, count]) => [eventName(option), count]));
}

function eventName(option: OptionSpec): string {
  return /--([\w-]+)/.exec(option.flags)?.[1] ?? option.flags;
}

function usageMessage(error: CommanderError): string {
  const [first = ''] = error.message.replace(/^error: /, '').split('\n');
  const missing = /^option '(?:(-\w), )?(--[\w-]+).*' argument missing$/.exec(first);
  if (missing !== null) {
    const [, short, long = ''] = missing;
    return `argument ${short === undefined ? long : `${short}/${long}`}: expected one argument`;
  }
  return error.code === 'commander.unknownOption'
    ? // Without its value: a misspelt --token has one, too.
      first.replace('unknown option', 'unrecognized option').replace(/'(-[^'=]+)=.*'/s, "'$1'")
    : first;
}

function usageHint(error: CommanderError, options: readonly OptionSpec[], name: string): string {
  const long = error.code === 'commander.unknownOption' ? /'--([\w-]+)/.exec(error.message)?.[1] : undefined;
  const shown = options.filter((option) => option.hidden !== true).map(eventName);
  const near = long === undefined ? [] : nearNames(long, shown, 2).map((option) => `--${option}`);
  return near.length > 0 ? `Did you mean ${near.join(' or ')}? See ${name} --help` : `See ${name} --help`;
}

function examplesText(examples: readonly string[]): string {
  return ['', 'Examples:', ...examples.map((example) => `  ${example}`)].join('\n');
}
