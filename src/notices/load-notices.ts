import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { writeFileAtomic } from '../io/atomic-file.ts';
import type { HttpClient } from '../io/http.ts';
import { mapLimited } from '../io/limit.ts';
import type { Channel } from '../model/channel.ts';
import { type ChannelNotice, isCurrent, parseNotices } from './channel-notice.ts';

export interface LoadNoticesOptions {
  readonly http: HttpClient;
  /** conda's `CACHE/notices`; answers are kept there for a day. */
  readonly cacheDir: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
}

/**
 * What `notices.json` of these channels says today. Nobody waits long for it and nothing fails because of it: a channel that can't be
 * asked has no notices.
 */
export async function loadNotices(
  channels: readonly Channel[],
  options: LoadNoticesOptions,
): Promise<readonly ChannelNotice[]> {
  const found = await mapLimited(channels, 10, (channel) => loadOne(channel, options).catch(() => []));
  return found.flat().filter((notice) => isCurrent(notice, options.now()));
}

const DAY = 86_400_000;
const PATIENCE = 5000;
const MAX_BYTES = 1024 * 1024;

async function loadOne(
  { baseUrl, canonicalName }: Channel,
  { http, cacheDir, now, signal }: LoadNoticesOptions,
): Promise<readonly ChannelNotice[]> {
  const url = `${baseUrl}/notices.json`;
  const file = path.join(cacheDir, `${createHash('sha256').update(url).digest('hex')}.json`);
  const cached = await loadCached(file, canonicalName, now());
  if (cached !== undefined) return cached;
  const timeout = AbortSignal.timeout(PATIENCE);
  const response = await http.request(url, {
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    maxRetries: 0,
  });
  if (response.status !== 200 || response.url !== url) {
    response.dismiss();
    return [];
  }
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of response.body) {
    total += chunk.length;
    if (total > MAX_BYTES) return [];
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const notices = parseNotices(text, canonicalName);
  mkdirSync(cacheDir, { recursive: true });
  await writeFileAtomic(file, text);
  return notices;
}

/** An answer is good for a day, and only while it says something that still stands. */
async function loadCached(
  file: string,
  channelName: string,
  now: number,
): Promise<readonly ChannelNotice[] | undefined> {
  try {
    const { mtimeMs } = await stat(file);
    if (now - mtimeMs >= DAY) return undefined;
    const notices = parseNotices(await readFile(file, 'utf8'), channelName);
    return notices.length > 0 && notices.every((notice) => isCurrent(notice, now)) ? notices : undefined;
  } catch {
    return undefined;
  }
}
