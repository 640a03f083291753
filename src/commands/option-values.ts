import { TcondaError } from '../errors.ts';
import type { OptionValues } from './command.ts';

/** The text given for an option, if it was. */
export function readText(options: OptionValues, key: string): string | undefined {
  const value = options[key];
  return typeof value === 'string' ? value : undefined;
}

/** All texts given for an option that may be repeated. */
export function readTexts(options: OptionValues, key: string): readonly string[] {
  const value = options[key];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** Whether a flag was given. */
export function isSet(options: OptionValues, key: string): boolean {
  return options[key] === true;
}

/** Whether the `--no-` form of `key` was given. */
export function isOff(options: OptionValues, key: string): boolean {
  return options[key] === false;
}

/** @throws {TcondaError} `USAGE` when it is no whole number of at least 0 */
export function readCount(options: OptionValues, key: string): number | undefined {
  const text = readText(options, key);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new TcondaError('USAGE', `--${key}: '${text}' is not a number`);
  return Number(text);
}

/** @throws {TcondaError} `USAGE` when it is no number of at least 0 */
export function readSeconds(options: OptionValues, key: string): number | undefined {
  const text = readText(options, key);
  if (text === undefined) return undefined;
  if (!/^\d+(?:\.\d+)?$/.test(text)) throw new TcondaError('USAGE', `'${text}' is not a number of seconds`);
  return Number(text);
}

/** Stands between the two arguments of an option such as `--set <key> <value>`. */
export const PAIR_SEPARATOR = '\0';

/** All that was given for an option with two arguments, each as a pair. */
export function readPairs(options: OptionValues, key: string): readonly (readonly [string, string])[] {
  return readTexts(options, key).map((text) => {
    const at = text.indexOf(PAIR_SEPARATOR);
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  });
}
