import { TcondaError } from '../errors.ts';
import { isReservedVariable } from '../model/environment-variable.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The name of a variable that an environment may set.
 * @throws {TcondaError} `INVALID_VALUE` for a name that no shell takes, and for those that activation itself sets
 */
export function checkVariable(name: string): string {
  if (!NAME.test(name)) {
    throw new TcondaError('INVALID_VALUE', `'${name}' can't be the name of an environment variable`);
  }
  if (isReservedVariable(name)) {
    throw new TcondaError(
      'INVALID_VALUE',
      `'${name}' is set by activation itself and can't be a variable here`,
    );
  }
  return name;
}
