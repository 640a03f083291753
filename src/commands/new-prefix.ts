import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { Context } from './command.ts';
import { isEnvironment } from './environment-place.ts';

/**
 * Refuses a path at which no environment can live: with what separates entries of PATH in it, or ends a line or a word in the
 * first line of a script, or right inside another environment. A space or a quote is worth a word.
 * @throws {TcondaError} `INVALID_VALUE`
 */
export function checkNewPrefix(prefix: string, { global, warn }: Context): void {
  if (prefix.includes(path.delimiter)) {
    throw new TcondaError(
      'INVALID_VALUE',
      `The path of an environment can't have '${path.delimiter}' in it: ${prefix}`,
    );
  }
  if (CONTROL.test(prefix)) {
    throw new TcondaError(
      'INVALID_VALUE',
      `The path of an environment can't have control characters in it: ${JSON.stringify(prefix)}`,
    );
  }
  const parent = path.dirname(prefix);
  if (isEnvironment(parent)) {
    throw new TcondaError('INVALID_VALUE', `${prefix} lies in another environment, ${parent}`);
  }
  // Scripts, and modules that python was built with, have the path in quotes of all kinds.
  const found = /[ '"`$\\]/.exec(prefix.replaceAll(path.sep, '/'))?.[0];
  if (found !== undefined && !global.quiet && !global.json) {
    const what = found === ' ' ? 'a space' : found;
    warn(
      `warning: the path of the environment has ${what} in it, which not all programs can take: ${prefix}`,
    );
  }
}

// oxlint-disable-next-line no-control-regex -- tabs and ends of lines are what is looked for
const CONTROL = /[\x00-\x1f\x7f]/;
