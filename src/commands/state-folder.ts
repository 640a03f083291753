import path from 'node:path';

import type { Host } from '../host/index.ts';

/** Where this user's state of tconda lies: what can be lost, but is not for other users. */
export function stateFolder({ env, home }: Pick<Host, 'env' | 'home'>): string {
  const state = env['XDG_STATE_HOME'];
  const folder = state !== undefined && path.isAbsolute(state) ? state : path.join(home, '.local', 'state');
  return path.join(folder, 'tconda');
}
