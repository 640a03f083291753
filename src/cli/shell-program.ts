import type { ShellContext } from '../commands/activation.ts';
import { runShellCommand } from '../commands/shell.ts';
import { currentHost } from '../host/index.ts';
import { errorToText, exitCodeOf } from './exit.ts';
import { canAsk, decideUnasked } from './unasked.ts';
import { writeAll, writeError } from './write-all.ts';

/**
 * Answers a shell function (`tconda shell.bash activate`) and says what the process shall exit with. A person waits for
 * it at the prompt, so this is a program of its own that loads nothing else. Never throws.
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const [first = '', ...args] = argv;
  const shell = first.slice('shell.'.length);
  try {
    const { lines } = await runShellCommand(shell, args, shellContext());
    writeAll(1, lines.map((line) => `${line}\n`).join(''));
    return 0;
  } catch (error) {
    writeError(errorToText(error, 0));
    return exitCodeOf(error);
  }
}

/** Nothing is shown but code; questions and warnings go where a person sees them. */
function shellContext(): ShellContext {
  const host = currentHost();
  return {
    host,
    warn: (line) => {
      writeError(`${line}\n`);
    },
    ask: async (question) => {
      if (!canAsk(host)) return decideUnasked(question, false);
      const { askQuestion } = await import('./prompt.ts');
      // Nothing listens to signals here: a person who presses Ctrl-C ends the process.
      return askQuestion(question, new AbortController().signal);
    },
  };
}
