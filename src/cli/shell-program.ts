import { writeSync } from 'node:fs';

import type { ShellContext } from '../commands/activation.ts';
import { runShellCommand } from '../commands/shell.ts';
import { currentHost } from '../host/index.ts';
import { errorToText, exitCodeOf } from './exit.ts';

/**
 * Answers a shell function (`tconda shell.bash activate`) and says what the process shall exit with. A person waits for
 * it at the prompt, so this is a program of its own that loads nothing else. Never throws.
 */
export async function runShellProgram(shell: string, args: readonly string[]): Promise<number> {
  try {
    const { lines } = await runShellCommand(shell, args, shellContext());
    writeAll(lines.map((line) => `${line}\n`).join(''));
    return 0;
  } catch (error) {
    process.stderr.write(errorToText(error, 0));
    return exitCodeOf(error);
  }
}

/** Without `process.stdout`, which takes longer to make than the code. */
function writeAll(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // A pipe that doesn't wait is full.
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      else if (code === 'EPIPE') return;
      else throw error;
    }
  }
}

/** Nothing is shown but code; questions and warnings go where a person sees them. */
function shellContext(): ShellContext {
  return {
    host: currentHost(),
    warn: (line) => {
      process.stderr.write(`${line}\n`);
    },
    ask: async (question) => {
      if (!process.stdin.isTTY) return question.otherwise;
      const { askQuestion } = await import('./prompt.ts');
      // Nothing listens to signals here: a person who presses Ctrl-C ends the process.
      return askQuestion(question, new AbortController().signal);
    },
  };
}
