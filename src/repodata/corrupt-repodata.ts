import { TcondaError } from '../errors.ts';

/**
 * The error for an index that can't be read.
 * @param source URL or path, without credentials
 */
export function corruptRepodata(source: string, cause: unknown): TcondaError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TcondaError('REPODATA_CORRUPT', `The index ${source} is damaged: ${reason}`, {
    cause,
    data: { url: source },
  });
}
