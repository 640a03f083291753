import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { runProgram } from '../io/run-program.ts';

export interface CompilePycOptions {
  readonly prefix: string;
  /** The interpreter, relative to the prefix. */
  readonly python: string;
  /** `3.11` */
  readonly minor: string;
  /** A directory for the list of files. */
  readonly scratch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/**
 * Compiles python sources, relative to the prefix, with the prefix's own python in one process. What does not compile is not
 * compiled; only a python that can't be run is reported, by the text that is returned.
 */
export async function compilePyc(
  sources: readonly string[],
  options: CompilePycOptions,
): Promise<string | undefined> {
  const list = path.join(options.scratch, 'sources');
  mkdirSync(options.scratch, { recursive: true });
  // Python reads a name a line.
  const named = sources.filter((file) => !/[\r\n]/.test(file));
  writeFileSync(list, `${named.join('\n')}\n`);
  const [major = 0, minor = 0] = options.minor.split('.').map(Number);
  const canFork = major > 3 || (major === 3 && minor >= 6);
  const args = ['-Wi', '-m', 'compileall', '-q', '-l', '-i', list];
  // Below this many files the processes cost more than they save.
  if (canFork && sources.length >= 100) args.push('-j', '0');
  const { PYTHONHOME: _, PYTHONPATH: __, ...env } = options.env;
  // Without it python would leave caches of its own modules behind, which no package owns.
  const silent = { ...env, PYTHONDONTWRITEBYTECODE: '1' };
  const program = path.join(options.prefix, options.python);
  try {
    const { signal, prefix: cwd } = options;
    const { kind, output } = await runProgram(program, args, { env: silent, cwd, signal });
    if (kind === 'exited') return undefined;
    removeUnfinished(sources, options.prefix);
    return kind === 'unstarted'
      ? `${options.python} can't be run: ${output}`
      : `${options.python} was ended by a signal`;
  } catch (error) {
    removeUnfinished(sources, options.prefix);
    throw error;
  }
}

/** Python writes beside a compiled file's name, which it had no time to give. */
function removeUnfinished(sources: readonly string[], prefix: string): void {
  for (const directory of new Set(sources.map((file) => path.posix.dirname(file)))) {
    const cache = path.join(prefix, directory, '__pycache__');
    const names = existsSync(cache) ? readdirSync(cache) : [];
    for (const name of names) {
      if (/\.pyc\.\d+$/.test(name)) rmSync(path.join(cache, name), { force: true });
    }
  }
}
