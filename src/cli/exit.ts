import { type ErrorEntry, ERRORS, TcondaError } from '../errors.ts';
import { saysFull } from '../io/system-code.ts';
import { plainText } from '../report/plain-text.ts';
import { codeOfSignal } from './signals.ts';

/** 0 done, 1 failed, 2 wrong usage, 128 and the number of the signal that interrupted us; `tconda run` passes on its child's. */
export function exitCodeOf(error: unknown, received: NodeJS.Signals = 'SIGINT'): number {
  if (isAbort(error)) return codeOfSignal(received);
  if (!(error instanceof TcondaError)) return 1;
  const entry: ErrorEntry = ERRORS[error.code];
  return entry.exitCode ?? 1;
}

/** What `--json` prints for a failure: conda's keys, and tconda's `code` and `hint` beside them. */
export function errorToJson(error: unknown, received?: NodeJS.Signals): Record<string, unknown> {
  const known = error instanceof TcondaError ? error : undefined;
  const { name, message } = describe(error, received);
  const json: Record<string, unknown> = {
    ...known?.data,
    caused_by: causeOf(error),
    code: known?.code ?? (isAbort(error) ? 'INTERRUPTED' : isOfSystem(error) ? 'SYSTEM' : 'INTERNAL'),
    error: `${name}: ${message}`,
    exception_name: name,
    exception_type: `<class '${classOf(name)}'>`,
    hint: known?.hint ?? null,
    message,
    success: false,
  };
  return Object.fromEntries(Object.entries(json).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where conda defines an error; all others are in `conda.exceptions`. */
const MODULES: Readonly<Record<string, string>> = {
  CondaError: 'conda.',
  CustomValidationError: 'conda.common.configuration.',
  InvalidTypeError: 'conda.common.configuration.',
  KeyboardInterrupt: '',
  LibMambaUnsatisfiableError: 'conda_libmamba_solver.exceptions.',
  MultiValidationError: 'conda.common.configuration.',
  MultipleKeysError: 'conda.common.configuration.',
};

function classOf(name: string): string {
  return (MODULES[name] ?? 'conda.exceptions.') + name;
}

/** What a person reads of a failure, on stderr: a blank line, the error under conda's name, and what to do. */
export function errorToText(error: unknown, verbosity: number, received?: NodeJS.Signals): string {
  const known = error instanceof TcondaError ? error : undefined;
  const { name, message } = describe(error, received);
  const lines = ['', `${name}: ${message}`];
  if (known?.hint !== undefined) lines.push('', known.hint);
  if (error instanceof Error && (verbosity > 0 || name === 'UnexpectedError')) {
    lines.push('', error.stack ?? '');
    if (error.cause instanceof Error) lines.push('', `caused by ${error.cause.stack ?? error.cause.message}`);
  } else if (known?.cause instanceof Error && !message.includes(known.cause.message)) {
    lines.push(`caused by: ${known.cause.message}`);
  }
  // Messages quote what packages, servers and files say.
  const shown = lines.flatMap((text) => text.split('\n')).map(plainText);
  return `${shown.join('\n')}\n\n`;
}

/** Whether the work was interrupted rather than failed. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function describe(error: unknown, received: NodeJS.Signals = 'SIGINT'): { name: string; message: string } {
  if (error instanceof TcondaError) return { name: ERRORS[error.code].conda, message: error.message };
  if (isAbort(error)) {
    return received === 'SIGINT'
      ? { name: 'KeyboardInterrupt', message: 'interrupted' }
      : { name: 'CondaSignalInterrupt', message: `interrupted by ${received}` };
  }
  if (isOfSystem(error)) {
    return { name: saysFull(error.message) ? 'NoSpaceLeftError' : 'CondaOSError', message: error.message };
  }
  return { name: 'UnexpectedError', message: error instanceof Error ? error.message : String(error) };
}

/** The disk is full, or may not be written, or fails: nothing that tconda did wrong. From a thread only the message comes. */
function isOfSystem(error: unknown): error is Error {
  return (
    error instanceof Error &&
    ('syscall' in error || /^(?:E[A-Z\d]+|Unknown system error -\d+): [^,]+, [a-z]+/.test(error.message))
  );
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause === undefined) return 'None';
  return cause instanceof Error ? cause.message : JSON.stringify(cause);
}
