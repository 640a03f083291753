import { spawn } from 'node:child_process';

import type { CommandExec } from '../commands/command.ts';
import { withReaper } from './reaper.ts';
import { codeOfSignal, type Signals } from './signals.ts';

const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** What a program may be sent to tell it something, beyond the signals that we listen to anyway. */
const PASSED_ON: readonly NodeJS.Signals[] = ['SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'];
/** A terminal sends these to the program itself, as it is in our process group. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH', 'SIGCONT'];
/** Dying of these would leave a memory image of ours, not of the program. */
const LEAVE_A_CORE: readonly NodeJS.Signals[] = [
  ...(['SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV'] as const),
  ...(['SIGXCPU', 'SIGXFSZ', 'SIGSYS'] as const),
];

/**
 * Runs a program in our place, as near to `exec` as a process of its own can be: it has our streams and our terminal,
 * gets our signals, and its end is ours. If it died of a signal, so do we; where we can't, as process 1 of a container,
 * the code is 128 and the signal's number, as in a shell.
 */
export function execProgram(
  program: CommandExec,
  signals: Signals,
  warn: (text: string) => void,
): Promise<number> {
  const received = signals.received();
  if (received !== undefined) return Promise.resolve(codeOfSignal(received));
  return new Promise((resolve) => {
    const isFirst = process.pid === 1;
    const { file, args } = isFirst ? withReaper(program) : program;
    // Before the program starts: what comes meanwhile waits for the end of this function.
    const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
    const passOn = (signal: NodeJS.Signals): void => {
      if (!hasTerminal || !FROM_TERMINAL.includes(signal)) child.kill(signal);
    };
    signals.handOver(passOn);
    for (const signal of PASSED_ON) process.on(signal, passOn);
    // A terminal stops all of its group; another sender means the program, and then us, who stand for it.
    const stop = (): void => {
      child.kill('SIGTSTP');
      process.kill(process.pid, 'SIGSTOP');
    };
    if (!hasTerminal) process.on('SIGTSTP', stop);
    const child = spawn(file, args, {
      stdio: 'inherit',
      env: program.env,
      ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
    });
    const end = (code: number): void => {
      for (const signal of PASSED_ON) process.off(signal, passOn);
      process.off('SIGTSTP', stop);
      resolve(code);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      warn(`tconda: ${program.file}: ${isMissing ? 'command not found' : error.message}\n`);
      end(isMissing ? NOT_FOUND : NOT_EXECUTABLE);
    });
    child.on('close', (code, signal) => {
      end(code ?? (signal === null ? 128 : codeOfSignal(signal)));
      if (signal === null || isFirst || LEAVE_A_CORE.includes(signal)) return;
      signals.release();
      process.kill(process.pid, signal);
    });
  });
}
