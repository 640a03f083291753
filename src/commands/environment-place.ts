import { existsSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';

/** Whether an environment stands at `prefix`. */
export function isEnvironment(prefix: string): boolean {
  return existsSync(path.join(prefix, 'conda-meta'));
}

/** `PREFIX_NOT_AN_ENVIRONMENT` or, where nothing is, `PREFIX_NOT_FOUND`: what a command says that needs an environment there. */
export function notAnEnvironment(prefix: string): TcondaError {
  if (!existsSync(prefix)) return noEnvironment(prefix);
  return new TcondaError(
    'PREFIX_NOT_AN_ENVIRONMENT',
    `The target directory exists, but it is not a conda environment.\n  target directory: ${prefix}`,
    { hint: 'List environments: tconda env list', data: { target_directory: prefix } },
  );
}

/** `PREFIX_NOT_FOUND`, whatever else stands there. */
export function noEnvironment(prefix: string): TcondaError {
  return new TcondaError('PREFIX_NOT_FOUND', `Not a conda environment: ${prefix}`, {
    data: { location: prefix },
  });
}
