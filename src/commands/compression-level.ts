import { TcondaError } from '../errors.ts';
import type { OptionValues } from './command.ts';
import { readCount } from './option-values.ts';

/** `--level`, as zstd has them. @throws {TcondaError} `USAGE` when there is no such level */
export function readLevel(options: OptionValues): number | undefined {
  const level = readCount(options, 'level');
  if (level === undefined || (level >= 1 && level <= 22)) return level;
  throw new TcondaError('USAGE', `--level: ${level} is not between 1 and 22`);
}
