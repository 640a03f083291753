import { spawn } from 'node:child_process';

import { endGroup, OWN_GROUP } from './child-group.ts';

export interface RunProgramOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
}

/** How a program ended. */
export interface ProgramOutcome {
  /** `signalled`: something ended it. `unstarted`: it is not there, or may not be run. */
  readonly kind: 'exited' | 'signalled' | 'unstarted';
  /** -1 unless it ended by itself. */
  readonly code: number;
  /** The end of what it printed; or why it did not start. */
  readonly output: string;
}

/**
 * Runs a program of others to its end. When the signal comes, it and all that it started are asked to end, then ended, so that
 * nobody writes any more when this throws. What it leaves in the background when it ends by itself is not waited for.
 * @throws the signal's reason
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  { env, cwd, signal }: RunProgramOptions,
): Promise<ProgramOutcome> {
  signal?.throwIfAborted();
  const outcome = await new Promise<ProgramOutcome>((resolve) => {
    const child = spawn(file, args, {
      env,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...OWN_GROUP,
      windowsHide: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        output = (output + chunk).slice(-MAX_OUTPUT);
      });
    }
    let force: NodeJS.Timeout | undefined;
    const stop = (): void => {
      endGroup(child, 'SIGTERM');
      force = setTimeout(() => endGroup(child, 'SIGKILL'), PATIENCE);
    };
    const finish = (kind: ProgramOutcome['kind'], code: number): void => {
      signal?.removeEventListener('abort', stop);
      clearTimeout(force);
      if (signal?.aborted === true) endGroup(child, 'SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ kind, code, output: output.trim() });
    };
    signal?.addEventListener('abort', stop, { once: true });
    child.once('error', (error) => {
      if (child.pid !== undefined) return;
      output = error.message;
      finish('unstarted', -1);
    });
    child.once('exit', (code) => {
      const end = (): void => finish(code === null ? 'signalled' : 'exited', code ?? -1);
      if (signal?.aborted === true) return end();
      // What it printed last may still be on its way.
      const late = setTimeout(end, DRAIN);
      child.once('close', () => {
        clearTimeout(late);
        end();
      });
    });
  });
  signal?.throwIfAborted();
  return outcome;
}

const MAX_OUTPUT = 16 * 1024;
/** Milliseconds between asking a program to end and ending it. */
const PATIENCE = 2000;
/** Milliseconds in which a program that ended may still be heard of. */
const DRAIN = 500;
