import type { Question } from '../commands/command.ts';
import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';

/** Whether a person reads what we ask and can answer. What stands in a pipe or file was not written for us, and is left alone. */
export function canAsk({ terminal: { input, output, errors } }: Host): boolean {
  return input && (output || errors);
}

/**
 * The answer to a question that nobody is asked. With `--json` what needs a yes has it, as in conda, whose programs count on it.
 * @throws {TcondaError} `CONFIRMATION_NEEDED`
 */
export function decideUnasked({ unasked }: Question, isJson: boolean): boolean {
  if (unasked === 'yes' || unasked === 'no') return unasked === 'yes';
  if (isJson) return true;
  throw new TcondaError(
    'CONFIRMATION_NEEDED',
    `${unasked.act} needs a yes, and there is no terminal to ask on`,
  );
}
