import { TcondaError } from '../errors.ts';

/** The error for bytes that are no package, or not a whole one. Who knows the file's name puts it in front. */
export function invalidArchive(message: string, options: { readonly cause?: unknown } = {}): TcondaError {
  return new TcondaError('INVALID_ARCHIVE', message, options);
}
