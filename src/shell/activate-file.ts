import { UNSET_VARIABLE } from '../model/environment-variable.ts';
import { formatCshFile } from './activate-file-csh.ts';
import { formatFishFile } from './activate-file-fish.ts';
import { formatPosixFile } from './activate-file-posix.ts';
import type { EnvironmentState } from './activation.ts';

/** The first line of each file; a file without it is somebody else's. */
export const ACTIVATE_FILE_MARK =
  '# Enters this environment; written by tconda, which keeps it as the environment is.';

/**
 * Files that enter the environment without tconda, as those of Python's venv do: `. env/bin/activate` in bash, zsh and
 * POSIX sh, and those of fish and csh beside it. They define `deactivate`. The state they leave is that of
 * `tconda activate --stack`, so that either can leave what the other entered.
 * @param name what people call the environment, in the prompt
 * @returns contents by path below the prefix
 */
export function formatActivateFiles(
  environment: Pick<EnvironmentState, 'prefix' | 'variables'>,
  name: string,
): ReadonlyMap<string, string> {
  const variables = new Map([...environment.variables].filter(([, value]) => value !== UNSET_VARIABLE));
  const { prefix } = environment;
  const bodies = [
    ['bin/activate', formatPosixFile(prefix, name, variables)],
    ['bin/activate.fish', formatFishFile(prefix, name, variables)],
    ['bin/activate.csh', formatCshFile(prefix, name, variables)],
  ] as const;
  return new Map(bodies.map(([file, body]) => [file, `${ACTIVATE_FILE_MARK}\n${body}`]));
}
