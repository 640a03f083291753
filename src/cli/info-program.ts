import { envList } from '../commands/env-list.ts';
import { info } from '../commands/info.ts';
import { runQuickly } from './quick-program.ts';

/** `tconda info` and `tconda env list`; see {@link runQuickly}. Undefined for all else that begins with `env`. */
export async function runProgram(argv: readonly string[]): Promise<number | undefined> {
  const [first, second] = argv;
  if (first === 'info') return runQuickly(info, argv.slice(1), argv);
  return first === 'env' && second === 'list' ? runQuickly(envList, argv.slice(2), argv) : undefined;
}
