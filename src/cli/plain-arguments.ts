import type { OptionGroup, OptionSpec, OptionValue, OptionValues } from '../commands/command.ts';

/** What a command line says, as `parseArguments` gives it. */
export interface PlainArguments {
  readonly operands: readonly string[];
  readonly values: OptionValues;
}

/**
 * Reads arguments that leave no question open: every option spelled out and known, with its value behind it. Undefined for
 * anything else, mistakes included; then `parseArguments` must read them, which takes longer. What this reads, that reads alike.
 * @param operands in commander's notation, each of them optional and not repeated
 */
export function readPlainArguments(
  args: readonly string[],
  groups: readonly OptionGroup[],
  operands: readonly string[] = [],
): PlainArguments | undefined {
  const options = groups.flatMap((group) => group.options.map(describeOption));
  const values: Record<string, OptionValue> = {};
  for (const [index, { long, key, isOff }] of options.entries()) {
    if (!isOff) continue;
    const hasOpposite = options.slice(0, index).some((other) => other.long === long.replace('--no-', '--'));
    if (!hasOpposite) values[key] = true;
  }
  const given: string[] = [];
  const seen = new Set<Described>();
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? '';
    if (!argument.startsWith('-')) {
      given.push(argument);
      continue;
    }
    const option = options.find(({ long, short }) => argument === long || argument === short);
    if (option === undefined || !option.isPlain || seen.has(option)) return undefined;
    seen.add(option);
    if (option.takesValue) {
      at += 1;
      const value = args[at] ?? '';
      if (value === '' || value.startsWith('-')) return undefined;
      values[option.key] = value;
    } else {
      values[option.key] = !option.isOff;
    }
  }
  const isClash = [...seen].some(({ conflicts }) => [...seen].some(({ key }) => conflicts.includes(key)));
  if (isClash || given.length > operands.length || given.includes('')) return undefined;
  return { operands: given, values };
}

interface Described {
  readonly long: string;
  readonly short: string | undefined;
  readonly key: string;
  /** Spelled `--no-…`. */
  readonly isOff: boolean;
  readonly takesValue: boolean;
  /** Takes any value, once, and has an effect. */
  readonly isPlain: boolean;
  readonly conflicts: readonly string[];
}

function describeOption(option: OptionSpec): Described {
  const { flags, repeat, choices, noEffect, refused, conflicts = [] } = option;
  // Without patterns, which take longer for all options than the rest of a small command's line.
  const [long = ''] = flags.slice(flags.indexOf('--')).split(' ', 1);
  const isOff = long.startsWith('--no-');
  const name = long.slice(isOff ? '--no-'.length : '--'.length);
  return {
    long,
    short: flags[2] === ',' ? flags.slice(0, 2) : undefined,
    key: name.includes('-') ? name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) : name,
    isOff,
    takesValue: flags.includes('<'),
    isPlain: repeat !== true && choices === undefined && noEffect === undefined && refused === undefined,
    conflicts,
  };
}
