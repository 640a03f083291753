import { existsSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';

/** Whether an environment stands at `prefix`. */
export function isEnvironment(prefix: string): boolean {
  return existsSync(path.join(prefix, 'conda-meta'));
}

/** `PREFIX_NOT_FOUND`, for a place where no environment stands. */
export function notAnEnvironment(prefix: string): TcondaError {
  return new TcondaError('PREFIX_NOT_FOUND', `Not a conda environment: ${prefix}`, {
    data: { location: prefix },
  });
}
