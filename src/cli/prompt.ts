import { createInterface } from 'node:readline';

import type { Question } from '../commands/command.ts';

/**
 * Asks on the terminal until the answer is yes or no. An empty line and the end of input are the default.
 * @throws an AbortError when `signal` fires first
 */
export async function askQuestion(question: Question, signal: AbortSignal): Promise<boolean> {
  // A shell may be reading our output: then the terminal is behind the other stream.
  const terminal = process.stdout.isTTY ? process.stdout : process.stderr;
  const prompt = formatQuestion(question);
  for (;;) {
    const answer = await readAnswer(prompt, terminal, signal);
    const meaning = parseAnswer(answer, question.otherwise);
    if (meaning !== undefined) return meaning;
    terminal.write(`Invalid choice: ${answer?.trim().toLowerCase() ?? ''}\n`);
  }
}

/** The question with its choices; the default stands in brackets. */
export function formatQuestion(question: Question): string {
  return `${question.message} (${question.otherwise ? '[y]/n' : 'y/[n]'})? `;
}

/** @returns undefined for what is neither yes nor no */
export function parseAnswer(text: string | undefined, otherwise: boolean): boolean | undefined {
  const answer = (text ?? '').trim().toLowerCase();
  if (answer === '') return otherwise;
  if (answer === 'y' || answer === 'yes') return true;
  if (answer === 'n' || answer === 'no') return false;
  return undefined;
}

/** One line of input; undefined at its end. */
function readAnswer(
  prompt: string,
  terminal: NodeJS.WriteStream,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    // The terminal edits the line itself: it never has to be set back, however we end.
    const lines = createInterface({ input: process.stdin, output: terminal, terminal: false });
    const abort = (): void => {
      lines.close();
      terminal.write('\n');
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    lines.on('close', () => {
      signal.removeEventListener('abort', abort);
      resolve(undefined);
    });
    lines.question(prompt, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}
