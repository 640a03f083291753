/** Seconds to wait before the next attempt. Spread, so that many clients that failed together don't come back together. */
export function pauseBefore(failures: number, factor: number, retryAfter: string | undefined): number {
  const wanted = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter);
  if (wanted !== undefined) return Math.min(LONGEST_PAUSE, wanted);
  return Math.min(LONGEST_PAUSE, factor * 2 ** failures * (0.5 + Math.random() / 2));
}

/** Seconds. A server that asks for more is as good as down. */
const LONGEST_PAUSE = 120;

function parseRetryAfter(text: string): number | undefined {
  if (/^\d+$/.test(text.trim())) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}
