import { TcondaError } from '../errors.ts';

/** The error for bytes that are no bzip2, or not all of it. Who knows the file's name puts it in front. */
export function invalidBzip2(message: string): TcondaError {
  return new TcondaError('INVALID_ARCHIVE', message);
}
