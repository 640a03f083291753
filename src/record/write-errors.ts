import { TcondaError } from '../errors.ts';
import { systemCode } from '../io/system-code.ts';

/**
 * Runs `action`, which writes in the environment at `prefix`.
 * @throws {TcondaError} `PREFIX_NOT_WRITABLE`, `NO_SPACE` where the system does not let it, and what `action` throws
 */
export function withWriteErrors<T>(prefix: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explainWriteError(prefix, error);
  }
}

/** What a person is told when the system does not let the environment at `prefix` be written; other errors stay. */
export function explainWriteError(prefix: string, error: unknown): unknown {
  const code = systemCode(error);
  if (error instanceof TcondaError || code === undefined) return error;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new TcondaError('PREFIX_NOT_WRITABLE', `You may not write to ${prefix} (${code})`, {
      cause: error,
      data: { environment_location: prefix },
    });
  }
  if (isFull(error)) {
    return new TcondaError('NO_SPACE', `No space is left for ${prefix} (${code})`, { cause: error });
  }
  if (code === 'ENOENT') {
    return new TcondaError('PREFIX_NOT_WRITABLE', `${prefix} can't be made there (${code})`, {
      cause: error,
    });
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new TcondaError('PREFIX_NOT_WRITABLE', `${prefix} is no directory`, { cause: error });
  }
  return error;
}

/** Whether the disk is. */
export function isFull(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}
