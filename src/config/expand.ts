import path from 'node:path';

import type { Host } from '../host/index.ts';

/** Replaces `$NAME`, `${NAME}` and, on Windows, `%NAME%`. What the environment doesn't know stays as written. */
export function expandVariables(text: string, { env, platform }: Pick<Host, 'env' | 'platform'>): string {
  if (!text.includes('$') && !text.includes('%')) return text;
  const unix = text.replaceAll(
    /\$(?:\{([^{}]+)\}|(\w+))/g,
    (written, braced: string | undefined, bare: string | undefined) => env[braced ?? bare ?? ''] ?? written,
  );
  if (platform !== 'win32') return unix;
  return unix.replaceAll(/%([^%]+)%/g, (written, name: string) => env[name] ?? written);
}

/** Variables replaced, a leading `~` made the home directory, made absolute. */
export function expandPath(text: string, host: Pick<Host, 'env' | 'platform' | 'home' | 'cwd'>): string {
  const expanded = expandVariables(text, host);
  if (expanded === '~') return host.home;
  if (expanded.startsWith('~/') || expanded.startsWith('~\\')) return path.join(host.home, expanded.slice(2));
  return path.resolve(host.cwd, expanded);
}
