import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { withLease } from '../io/lease-file.ts';

/**
 * Why no lock can be held in the environment at `prefix`, as a change of it must; undefined where one can, or where nothing may be
 * written and so nobody changes anything.
 */
export async function findLockProblem(prefix: string): Promise<string | undefined> {
  const folder = path.join(prefix, 'conda-meta');
  if (!existsSync(folder)) return undefined;
  try {
    return await withLease(path.join(folder, `.tconda.lock-${randomUUID()}`), { timeout: 0 }, () =>
      Promise.resolve(undefined),
    );
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EROFS' ? undefined : message;
  }
}
