import { list } from '../commands/list.ts';
import { runQuickly } from './quick-program.ts';

/** `tconda list`; see {@link runQuickly}. */
export function runProgram(argv: readonly string[]): Promise<number | undefined> {
  return runQuickly(list, argv.slice(1), argv);
}
