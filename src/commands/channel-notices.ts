import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import type { Host } from '../host/index.ts';
import { formatNotices } from '../report/notices-text.ts';
import type { Context } from './command.ts';
import type { Outside } from './outside.ts';

/** conda's cache of notices: whoever uses both programs is told once. */
export function noticesDir({ home, env, platform }: Pick<Host, 'home' | 'env' | 'platform'>): string {
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'conda', 'notices');
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local');
    return path.join(local, 'conda', 'conda', 'Cache', 'notices');
  }
  return path.join(env['XDG_CACHE_HOME'] || path.join(home, '.cache'), 'conda', 'notices');
}

/**
 * Begins to ask the channels for notices while a command does its work; once a day at most. Afterwards, when that went well, the
 * answer shows those that are new.
 */
export function beginNotices(
  { channels, http }: Pick<Outside, 'channels' | 'http'>,
  config: LoadedConfig,
  context: Context,
): { readonly show: () => Promise<void> } {
  const { host, global, signal } = context;
  const cacheDir = noticesDir(host);
  const limit = config.get('number_channel_notices');
  if (global.json || global.quiet || limit <= 0 || config.get('offline')) return { show: nothing };
  const remote = channels.filter(({ scheme }) => /^https?$/.test(scheme));
  if (remote.length === 0) return { show: nothing };
  const loading = (async () => {
    const { loadNotices, wereNoticesShownLately } = await import('../notices/index.ts');
    if (wereNoticesShownLately(cacheDir, host.now())) return undefined;
    return loadNotices(remote, { http, cacheDir, now: host.now, signal });
  })();
  loading.catch(() => undefined);
  return {
    async show() {
      const notices = await loading;
      if (notices === undefined) return;
      const { loadViewedNotices, saveViewedNotices } = await import('../notices/index.ts');
      const viewed = loadViewedNotices(cacheDir);
      const fresh = notices.filter(({ id }) => !viewed.has(id));
      context.say(...formatNotices(fresh, limit));
      await saveViewedNotices(cacheDir, fresh.slice(0, limit), host.now());
    },
  };
}

async function nothing(): Promise<void> {}
