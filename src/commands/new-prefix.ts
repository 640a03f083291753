import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { Context } from './command.ts';
import { isEnvironment } from './environment-place.ts';

/**
 * Refuses a path at which no environment can live: with what separates entries of PATH in it, or right inside another
 * environment. A space is worth a word.
 * @throws {TcondaError} `INVALID_VALUE`
 */
export function checkNewPrefix(prefix: string, { global, warn }: Context): void {
  if (prefix.includes(path.delimiter)) {
    throw new TcondaError(
      'INVALID_VALUE',
      `The path of an environment can't have '${path.delimiter}' in it: ${prefix}`,
    );
  }
  const parent = path.dirname(prefix);
  if (isEnvironment(parent)) {
    throw new TcondaError('INVALID_VALUE', `${prefix} lies in another environment, ${parent}`);
  }
  if (prefix.includes(' ') && !global.quiet && !global.json) {
    warn(
      `warning: the path of the environment has a space in it, which not all programs can take: ${prefix}`,
    );
  }
}
