import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import type { CommandExec } from '../commands/command.ts';
import type { Signals } from './signals.ts';

const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/**
 * Runs a program in our place: it has our terminal and our signals, and its exit code is ours. A program that died of
 * a signal gives 128 and the signal's number, as in a shell.
 */
export function execProgram(
  program: CommandExec,
  signals: Signals,
  warn: (text: string) => void,
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program.file, program.args, {
      stdio: 'inherit',
      env: program.env,
      ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
    });
    signals.handOver((signal) => {
      // A terminal sends Ctrl-C to the child itself.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      warn(`tconda: ${program.file}: ${error.code === 'ENOENT' ? 'command not found' : error.message}\n`);
      resolve(error.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE);
    });
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
