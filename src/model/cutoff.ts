import { TcondaError } from '../errors.ts';

const UNITS: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 };
const DAY = 86_400_000;
const COMPACT = /(\d{1,12})\s*([wdhms])\s*/giy;
const ISO_DURATION =
  /^P(?:(\d{1,12})W)?(?:(\d{1,12})D)?(?:T(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})S)?)?$/i;
const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * The moment that a text names, in milliseconds since 1970: a time ago (`7d`, `3d12h`, `P7D`, seconds), a day, which counts to its
 * end in UTC, or a time (RFC 3339, UTC where it names no zone).
 *
 * @throws {TcondaError} `INVALID_VALUE`
 */
export function parseCutoff(text: string, now: number): number {
  const value = text.trim();
  const seconds = /^\d{1,12}$/.test(value) ? Number(value) : (isoSeconds(value) ?? compactSeconds(value));
  const moment = seconds === undefined ? (endOfDay(value) ?? timeOf(value)) : now - seconds * 1000;
  if (moment !== undefined) return moment;
  throw new TcondaError('INVALID_VALUE', `'${text}' is neither a time ago nor a date`, {
    hint: 'Write e.g. 7d, 3d12h, P7D, 2026-04-01 or 2026-04-01T12:00:00Z',
    data: { value: text },
  });
}

function isoSeconds(text: string): number | undefined {
  const parts = ISO_DURATION.exec(text)?.slice(1);
  if (parts === undefined || parts.every((part) => part === undefined)) return undefined;
  return parts.reduce((sum, part, index) => sum + Number(part ?? 0) * (Object.values(UNITS)[index] ?? 0), 0);
}

function compactSeconds(text: string): number | undefined {
  let [sum, end] = [0, 0];
  for (const [all, count, unit = ''] of text.matchAll(COMPACT)) {
    sum += Number(count) * (UNITS[unit.toLowerCase()] ?? 0);
    end += all.length;
  }
  return end > 0 && end === text.length ? sum : undefined;
}

function endOfDay(text: string): number | undefined {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (day === undefined) return undefined;
  const start = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // The calendar would take 30 February for a day in March.
  return new Date(start).toISOString().startsWith(text) ? start + DAY : undefined;
}

function timeOf(text: string): number | undefined {
  const [, date, time = '', zone = 'Z'] = TIME.exec(text) ?? [];
  if (date === undefined || endOfDay(date) === undefined) return undefined;
  const moment = Date.parse(`${date}T${time}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(moment) ? undefined : moment;
}
