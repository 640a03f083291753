import type { Resolution, SpecInput } from '../model/request.ts';
import type { OptionValues } from './command.ts';
import { isSet, readText } from './option-values.ts';

const RESOLUTIONS: readonly Resolution[] = ['highest', 'lowest', 'lowest-direct'];

/** What options say to the solver that is no setting: `--resolution`, `--prune`. */
export function solverInput(options: OptionValues): Partial<SpecInput> {
  const text = readText(options, 'resolution');
  const resolution = RESOLUTIONS.find((each) => each === text);
  return {
    ...(resolution === undefined ? {} : { resolution }),
    ...(isSet(options, 'prune') ? { prune: true } : {}),
  };
}
