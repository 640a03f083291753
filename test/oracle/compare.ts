import type { Recording } from './recording.ts';
import { CLIENT_NAME, maskErrors, maskLine, maskPlaces, maskText, withoutAdvice } from './masks.ts';
import type { Replayed } from './replay.ts';

export type Part = 'exit' | 'stdout' | 'stderr';

export interface Difference {
  readonly part: Part;
  readonly expected: string;
  readonly actual: string;
}

export interface Tolerances {
  /** Keys of JSON objects that are left out of account. */
  readonly keys: readonly string[];
  readonly isUnordered: boolean;
}

/** Where a replayed command differs from its recording, once times, versions and progress are masked. */
export function compareRun(
  recording: Recording,
  replayed: Replayed,
  tolerances: Tolerances = { keys: [], isUnordered: false },
): readonly Difference[] {
  const differences: Difference[] = [];
  if (recording.exitCode !== replayed.exitCode) {
    differences.push({
      part: 'exit',
      expected: String(recording.exitCode),
      actual: String(replayed.exitCode),
    });
  }
  const isExact = READ_BY_SCRIPTS.test(recording.command) && recording.exitCode === 0;
  const [expectedOut, actualOut] = comparable(recording.stdout, replayed.stdout, { ...tolerances, isExact });
  if (expectedOut !== actualOut) {
    differences.push({ part: 'stdout', expected: expectedOut, actual: actualOut });
  }
  const [expectedErr, actualErr] = [maskErrors(recording.stderr), maskErrors(replayed.stderr)];
  if (expectedErr !== actualErr) {
    differences.push({ part: 'stderr', expected: expectedErr, actual: actualErr });
  }
  return differences;
}

/** Commands of which every blank and the order of every key counts. */
const READ_BY_SCRIPTS =
  /^(?:\w+='[^']*' )*conda (?:list|env list|info --(?:json|envs|base)|(?:env )?export|config --(?:show|get)|search [^;]*--json|(?:create|install) [^;]*--json)\b[^;|>]*$/;

/** Both as texts that are equal if they mean the same: JSON by its values, all else by its lines. */
function comparable(
  expected: string,
  actual: string,
  { keys, isUnordered, isExact }: Tolerances & { readonly isExact: boolean },
): readonly [string, string] {
  const [left, right] = [parse(expected), parse(actual)];
  if (left === undefined || right === undefined) {
    const order = (text: string): string => (isUnordered ? text.split('\n').toSorted().join('\n') : text);
    const mask = isExact ? maskPlaces : maskText;
    return [order(mask(expected)), order(mask(actual))];
  }
  const tolerate = (value: unknown): unknown => normalize(value, new Set(keys), isUnordered);
  const [a, b] = [tolerate(maskJson(left)), tolerate(maskJson(withoutExtras(right)))];
  const text = (value: unknown): string =>
    JSON.stringify(isExact && !isUnordered ? value : sortKeys(value), null, 2);
  return text(a) === text(b) ? ['', ''] : [text(a), text(b)];
}

function normalize(value: unknown, without: ReadonlySet<string>, isUnordered: boolean): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => normalize(item, without, isUnordered));
    if (!isUnordered) return items;
    const text = (item: unknown): string => JSON.stringify(sortKeys(item));
    return items.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
  }
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !without.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, normalize(inner, without, isUnordered)]));
}

function parse(text: string): unknown {
  // Downloads at a terminal's end stand before the result, divided by NUL.
  const last = text.slice(text.lastIndexOf('\0') + 1);
  if (!/^\s*[[{]/.test(last)) return undefined;
  try {
    return JSON.parse(last);
  } catch {
    return undefined;
  }
}

/** What tconda adds to conda's errors. */
const EXTRAS: ReadonlySet<string> = new Set([
  'code',
  'hint',
  'success',
  'suggestions',
  'problems',
  'explanation',
  'fixes',
]);

function withoutExtras(value: unknown): unknown {
  if (!isObject(value) || !('exception_name' in value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !EXTRAS.has(key)));
}

function maskJson(value: unknown): unknown {
  if (typeof value === 'string') return maskLine(value);
  if (Array.isArray(value)) {
    return value.filter((item) => typeof item !== 'string' || !CLIENT_NAME.test(item)).map(maskJson);
  }
  if (!isObject(value)) return value;
  if ('depends' in value && 'build_number' in value) return maskRecord(value);
  if ('FETCH' in value && Array.isArray(value['FETCH'])) {
    const byName = value['FETCH'].map(maskJson).map((record) => JSON.stringify(sortKeys(record)));
    return { ...mapJson({ ...value, FETCH: [] }), FETCH: byName.toSorted() };
  }
  // conda has these in no order.
  if ('env_vars' in value) return { ...mapJson(value), env_vars: sortKeys(maskJson(value['env_vars'])) };
  const isError = 'exception_name' in value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(isError && HINTS.has(key)) && !CLIENT_NAME.test(key))
      .map(([key, inner]) => [maskLine(key), isError ? maskErrorField(key, inner) : maskJson(inner)]),
  );
}

function mapJson(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskJson(inner)]));
}

/** conda's solver loses some of what the channel says: it rounds times, and knows no empty license. */
function maskRecord(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(record).filter(
    ([key, value]) => !LOST_BY_SOLVER.has(key) && !(key === 'license' && value === ''),
  );
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      key === 'timestamp' && typeof value === 'number' ? Math.floor(value / 1000) : maskJson(value),
    ]),
  );
}

const LOST_BY_SOLVER: ReadonlySet<string> = new Set(['license_family', 'arch', 'platform']);

function maskErrorField(key: string, value: unknown): unknown {
  return (key === 'message' || key === 'error') && typeof value === 'string'
    ? withoutAdvice(value)
    : maskJson(value);
}

/** conda's own advice, of which ours is `hint`, and what its HTTP library says. */
const HINTS: ReadonlySet<string> = new Set(['guidance', 'caused_by', 'response_details']);

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
