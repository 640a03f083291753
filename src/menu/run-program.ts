import { spawn } from 'node:child_process';

export interface RunProgramOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
}

/** How a program ended. */
export interface ProgramOutcome {
  /** Undefined when it is not there; -1 when a signal ended it. */
  readonly code: number | undefined;
  /** The end of what it printed. */
  readonly output: string;
}

/**
 * Runs a program to its end.
 * @throws the signal's reason
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  { env, cwd, signal }: RunProgramOptions,
): Promise<ProgramOutcome> {
  signal?.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env,
      ...(cwd !== undefined && { cwd }),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const stop = (): void => {
      child.kill('SIGKILL');
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', stop, { once: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        output = (output + chunk).slice(-MAX_OUTPUT);
      });
    }
    const end = (code: number | undefined): void => {
      signal?.removeEventListener('abort', stop);
      resolve({ code, output: output.trim() });
    };
    child.once('error', (error) => {
      output = error.message;
      end((error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : -1);
    });
    // Not `close`: what it left running in the background may hold its streams for ever.
    child.once('exit', (code) => end(code ?? -1));
  });
}

const MAX_OUTPUT = 16 * 1024;
