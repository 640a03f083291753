import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** What the crash throws in place of ending the process. */
export class Crash extends Error {}

/** The functions that change the disk. */
const CHANGING = [
  ...(['linkSync', 'renameSync', 'mkdirSync', 'rmdirSync', 'rmSync', 'unlinkSync', 'symlinkSync'] as const),
  ...(['writeFileSync', 'appendFileSync', 'writeSync', 'fsyncSync', 'chmodSync', 'copyFileSync'] as const),
  ...(['utimesSync', 'truncateSync', 'cpSync'] as const),
];

/**
 * Runs `action`, in which the change of the disk number `at` (from 1) and all after it fail, as if the process had died there;
 * what is written at that moment is written by half. Returns how many changes there were, `at` included.
 */
export async function crashAt(at: number, action: () => Promise<unknown>): Promise<number> {
  const originals = CHANGING.map((name) => [name, fs[name]] as const);
  const table = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  let count = 0;
  for (const [name, original] of originals) {
    const call = original as (...args: unknown[]) => unknown;
    table[name] = (...args) => {
      count++;
      if (count < at) return call(...args);
      if (count === at && /^(?:write|append)FileSync$/.test(name)) {
        const content = args[1] as string | Buffer;
        call(args[0], content.slice(0, content.length / 2), ...args.slice(2));
      }
      throw new Crash(`${name} ${String(args[0])}`);
    };
  }
  syncBuiltinESMExports();
  try {
    await action();
    return count;
  } catch (error) {
    if (count < at) throw error;
    return count;
  } finally {
    for (const [name, original] of originals) Object.assign(fs, { [name]: original });
    syncBuiltinESMExports();
  }
}
