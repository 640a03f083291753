import { accessSync, constants } from 'node:fs';
import path from 'node:path';

import type { DefaultContext } from './setting.ts';

/** `ROOT/envs` and `~/.conda/envs`, the one that can be written to first. */
export function defaultEnvsDirs({ host, rootPrefix: root }: DefaultContext): readonly string[] {
  const dirs = [path.join(root, 'envs'), path.join(host.home, '.conda', 'envs')];
  return isWritable(root) ? dirs : dirs.toReversed();
}

/** `ROOT/pkgs` and `~/.conda/pkgs`. */
export function defaultPkgsDirs({ host, rootPrefix }: DefaultContext): readonly string[] {
  return [path.join(rootPrefix, 'pkgs'), path.join(host.home, '.conda', 'pkgs')];
}

/** Whether something could be made in a directory; of one that is not there yet, whether the directory itself could be made. */
export function isWritable(directory: string): boolean {
  for (let candidate = directory; ; candidate = path.dirname(candidate)) {
    try {
      accessSync(candidate, constants.W_OK);
      return true;
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isMissing || path.dirname(candidate) === candidate) return false;
    }
  }
}
