import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

import type { CommandExec, CommandOutput } from '../commands/command.ts';
import { TcondaError } from '../errors.ts';
import { codeOfSignal, type Signals } from './signals.ts';

/**
 * Runs a program for `--json`: what it prints becomes part of the one value. It has our input and gets our signals; bytes that are
 * no UTF-8 are lost.
 * @throws {TcondaError} `PROGRAM_NOT_FOUND`, `PROGRAM_NOT_STARTED`
 */
export async function captureProgram(program: CommandExec, signals: Signals): Promise<CommandOutput> {
  signals.signal.throwIfAborted();
  const child = spawn(program.file, program.args, {
    stdio: ['inherit', 'pipe', 'pipe'],
    env: program.env,
    ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
  });
  signals.handOver((signal) => child.kill(signal));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => reject(describeFailure(program.file, error)));
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const [{ code, signal }, stdout, stderr] = await Promise.all([
    ended,
    text(child.stdout),
    text(child.stderr),
  ]);
  const exitCode = code ?? (signal === null ? 128 : codeOfSignal(signal));
  return {
    kind: 'output',
    json: { success: exitCode === 0, exit_code: exitCode, signal, stdout, stderr },
    lines: [],
    exitCode,
  };
}

function describeFailure(file: string, error: NodeJS.ErrnoException): TcondaError {
  return error.code === 'ENOENT'
    ? new TcondaError('PROGRAM_NOT_FOUND', `${file}: command not found`)
    : new TcondaError('PROGRAM_NOT_STARTED', `${file} can't be started`, { cause: error });
}
