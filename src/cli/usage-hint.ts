import { ERRORS, TcondaError } from '../errors.ts';

/** `error`, with a hint that names the command, where it is about usage and has no better one. */
export function withUsageHint(error: unknown, name: string): unknown {
  const isPlain = error instanceof TcondaError && error.code === 'USAGE' && error.hint === ERRORS.USAGE.hint;
  if (!isPlain) return error;
  const { code, message, cause, data } = error;
  return new TcondaError(code, message, { hint: `See ${name} --help`, cause, data });
}
