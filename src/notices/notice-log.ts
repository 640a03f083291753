import { mkdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomic } from '../io/atomic-file.ts';
import type { ChannelNotice } from './channel-notice.ts';

const DAY = 86_400_000;

/** Whether commands have shown notices within the last day, conda's too. */
export function wereNoticesShownLately(cacheDir: string, now: number): boolean {
  const stats = statSync(logFile(cacheDir), { throwIfNoEntry: false });
  return stats !== undefined && now - stats.mtimeMs < DAY;
}

/** Identifiers of the notices that were shown before. */
export function loadViewedNotices(cacheDir: string): ReadonlySet<string> {
  try {
    const lines = readFileSync(logFile(cacheDir), 'utf8').split('\n');
    return new Set(lines.filter((line) => line !== ''));
  } catch {
    return new Set();
  }
}

/** Remembers that notices were shown now, and which. A directory that can't be written is no reason to fail. */
export async function saveViewedNotices(
  cacheDir: string,
  shown: readonly ChannelNotice[],
  now: number,
): Promise<void> {
  try {
    mkdirSync(cacheDir, { recursive: true });
    const ids = new Set([...loadViewedNotices(cacheDir), ...shown.map(({ id }) => id)]);
    const file = logFile(cacheDir);
    await writeFileAtomic(file, [...ids].map((id) => `${id}\n`).join(''));
    utimesSync(file, now / 1000, now / 1000);
  } catch {
    return;
  }
}

/** conda's file, so that who uses both is told once. */
function logFile(cacheDir: string): string {
  return path.join(cacheDir, 'notices.cache');
}
