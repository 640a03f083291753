import { TcondaError } from '../errors.ts';
import type { OptionSpec, OptionValues } from './command.ts';
import { readCount } from './option-values.ts';

/** How hard a package is compressed. */
export const compressionOptions: readonly OptionSpec[] = [
  {
    flags: '-c, --level <number>',
    description: 'how hard to compress a .conda, 1 to 22',
    aliases: ['--compression-level'],
  },
  {
    flags: '--compression-threads <number>',
    description: 'nothing',
    hidden: true,
    noEffect: 'the same bytes whatever the machine: one thread',
  },
];

/** `--level`, as zstd has them. @throws {TcondaError} `USAGE` when there is no such level */
export function readLevel(options: OptionValues): number | undefined {
  const level = readCount(options, 'level');
  if (level === undefined || (level >= 1 && level <= 22)) return level;
  throw new TcondaError('USAGE', `--level: ${level} is not between 1 and 22`);
}
