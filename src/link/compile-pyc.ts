import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

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
  writeFileSync(list, `${sources.join('\n')}\n`);
  const [major = 0, minor = 0] = options.minor.split('.').map(Number);
  const canFork = major > 3 || (major === 3 && minor >= 6);
  const args = ['-Wi', '-m', 'compileall', '-q', '-l', '-i', list];
  // Below this many files the processes cost more than they save.
  if (canFork && sources.length >= 100) args.push('-j', '0');
  const { PYTHONHOME: _, PYTHONPATH: __, ...env } = options.env;
  return await new Promise((resolve, reject) => {
    const child = spawn(path.join(options.prefix, options.python), args, {
      cwd: options.prefix,
      // Without it python would leave caches of its own modules behind, which no package owns.
      env: { ...env, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: 'ignore',
      ...(options.signal && { signal: options.signal }),
    });
    child.once('error', (error) => {
      // Once it runs it is waited for, so that nobody writes while all is taken back.
      if (child.pid !== undefined) return;
      if (options.signal?.aborted === true) reject(error);
      else resolve(`${options.python} can't be run: ${error.message}`);
    });
    child.once('exit', (_code, signal) => {
      if (signal !== null) removeUnfinished(sources, options.prefix);
      if (options.signal?.aborted === true) reject(options.signal.reason as Error);
      resolve(signal === null ? undefined : `${options.python} was ended by ${signal}`);
    });
  });
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
