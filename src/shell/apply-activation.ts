import type { Activation, ShellState } from './activation.ts';
import { pathSeparator } from './search-path.ts';

/** The shell as it is after a change, as far as can be said without running the scripts. */
export function applyActivation(shell: ShellState, change: Activation): ShellState {
  const gone = new Set(change.unset);
  const kept = Object.entries(shell.env).filter(([name]) => !gone.has(name));
  return {
    ...shell,
    env: {
      ...Object.fromEntries(kept),
      ...Object.fromEntries(change.set),
      ...Object.fromEntries(change.exports),
      ...(change.path === undefined ? {} : { PATH: change.path.join(pathSeparator(shell.platform)) }),
    },
  };
}
