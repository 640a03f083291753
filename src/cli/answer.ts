import type { CommandOutput, GlobalOptions } from '../commands/command.ts';
import { TcondaError } from '../errors.ts';
import { errorToJson, errorToText } from './exit.ts';
import { formatEvent, formatJson } from './output.ts';

/** What goes out at the end. */
export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command's result as it is printed. */
export function formatAnswer(
  result: CommandOutput,
  global: GlobalOptions,
  isTerminal: () => boolean,
): Answer {
  if (global.events === true) {
    return { stdout: formatEvent({ event: 'result', result: result.json ?? result.lines }), stderr: '' };
  }
  if (global.json) {
    const json = result.json ?? { success: true, lines: result.lines };
    // conda ends most of its JSON without a line break; a person at a terminal wants one.
    return { stdout: formatJson(json) + (isTerminal() ? '\n' : ''), stderr: '' };
  }
  const { lines } = result;
  return {
    stdout: lines.length === 0 ? '' : `${lines.join('\n')}\n`,
    stderr: result.notice === undefined ? '' : `\n${result.notice}\n\n`,
  };
}

/** A failure as it is printed; `isDebug` shows where it happened, `received` is the signal that interrupted the work, if any. */
export function formatFailure(
  thrown: unknown,
  global: GlobalOptions,
  isDebug: boolean,
  received?: NodeJS.Signals,
): Answer {
  const isMemory = isOutOfMemory(thrown);
  const error = isMemory
    ? new TcondaError('NO_MEMORY', 'The system gives this process too little memory', { cause: thrown })
    : thrown;
  if (global.events === true) {
    return { stdout: formatEvent({ event: 'error', error: errorToJson(error, received) }), stderr: '' };
  }
  if (global.json) return { stdout: `${formatJson(errorToJson(error, received))}\n\n`, stderr: '' };
  return { stdout: '', stderr: errorToText(error, isDebug && !isMemory ? 1 : 0, received) };
}

/**
 * WebAssembly reserves gigabytes of addresses, of which it uses few: also the part of it that Node itself starts, of whose failure
 * nobody is told.
 */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError && /^WebAssembly\..*Out of memory/.test(error.message);
}

/** What is said when a second signal ends us before all is taken back. */
export function formatCutOff(global: GlobalOptions, received: NodeJS.Signals): Answer {
  const text =
    'Cut off: an environment that was being changed is made what it was, or what it was to be, by the next command on it';
  if (global.events !== true && !global.json) return { stdout: '', stderr: `\n${text}\n\n` };
  const json = { ...errorToJson(new DOMException('interrupted', 'AbortError'), received), hint: text };
  return {
    stdout: global.events === true ? formatEvent({ event: 'error', error: json }) : `${formatJson(json)}\n\n`,
    stderr: '',
  };
}

/** What is said when `stdout` takes nothing more. */
export function formatLoss(error: Error): string {
  return `\nCondaError: The output can't be written: ${error.message}\n\n`;
}
