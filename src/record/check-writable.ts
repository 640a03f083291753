import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

import { withWriteErrors } from './write-errors.ts';

/**
 * Makes sure, without a trace, that a change of the environment at `prefix` could begin: that its records may be written, or
 * that it could be made there.
 * @throws {TcondaError} `PREFIX_NOT_WRITABLE`
 */
export function checkWritable(prefix: string): void {
  const meta = path.join(prefix, 'conda-meta');
  withWriteErrors(prefix, () => {
    const existing = nearest(meta);
    accessSync(existing, constants.W_OK | constants.X_OK);
    if (existing !== meta) return;
    accessSync(prefix, constants.W_OK | constants.X_OK);
    const history = path.join(meta, 'history');
    if (nearest(history) === history) accessSync(history, constants.W_OK);
  });
}

/** The path itself or what there is of it. */
function nearest(file: string): string {
  let at = file;
  while (statSync(at, { throwIfNoEntry: false }) === undefined && path.dirname(at) !== at)
    at = path.dirname(at);
  return at;
}
