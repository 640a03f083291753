import { stripVTControlCharacters } from 'node:util';

import type { Recording } from './recording.ts';
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

/** Errors as names, first sentences and lists: what follows is advice, and ours is our own. */
function maskErrors(text: string): string {
  return maskText(text)
    .split('\n')
    .filter(isSubstance)
    .map((line) => line.replace(/\.(?: .*)?$/, ''))
    .join('\n');
}

function withoutAdvice(text: string): string {
  const [first = '', ...more] = maskText(text).split('\n');
  return [first, ...more.filter(isSubstance)].join('\n');
}

function isSubstance(line: string): boolean {
  return (
    /^\w+(Error|Exception|Exit|Channel|Found|Denied|Allowed|Warning|WARNING)\b/.test(line) ||
    /^ +(- |[└├│])/.test(line)
  );
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

/** With every line and blank as it is, at a terminal's end or not. */
function maskPlaces(text: string): string {
  return text.split('\n').map(maskLine).join('\n');
}

function maskText(text: string): string {
  const lines = onTerminal(text)
    .replace(UNSET_IN_XONSH, '')
    .split('\n')
    .filter((line) => !isProgress(line) && !isOfClient(line))
    .map((line) => maskLine(line).trimEnd());
  // Where progress stood there are blank lines.
  return lines
    .join('\n')
    .replace(/\n{2,}/g, '\n')
    .trim();
}

/** What a terminal shows of it, near enough: what was drawn over goes, and what was typed stays. */
function onTerminal(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n'))
    .split('\n')
    .map((line) => line.replace(/^.*\r(?=.)/, '').replace(/[-/|\\] [\b]{2}|[\b\r]/g, ''))
    .join('\n');
}

const PROGRESS: readonly RegExp[] = [
  /\d+%.*\[.*it\/s\]/,
  /^Loading channels: /,
  /^Searching environments for /,
  /^(Downloading packages|Extracting packages|Linking packages): /,
  /^(Preparing|Verifying|Executing) transaction: done$/,
  /^Downloading and Extracting Packages:$/,
  /^Reverting to revision \d+: /,
  /^done$/,
  /^Retrieving notices: /,
  /^Channels:$/,
  /^ - \S+$/,
  /^Platform: \S+$/,
  /^(Collecting package metadata|Reloading cached repodata|Getting repodata)/,
  /^Solving environment: /,
  /^(Downloading and Extracting Packages|Preparing transaction|Verifying transaction|Executing transaction): /,
  /^(Downloaded|Extracted|Linked|Solved|Read|Indexed|Fetched) /i,
];

function isProgress(line: string): boolean {
  return PROGRESS.some((pattern) => pattern.test(line));
}

/** Where the program itself is, which conda's shells have in six variables and ours in one. */
const CLIENT_VARIABLES = '_?CONDA_EXE|_CE_M|_CE_CONDA|CONDA_PYTHON_EXE|_CONDA_ROOT|TCONDA_EXE';
const OF_CLIENT = new RegExp(
  `^(?:export |set -gx |set -e |setenv |unsetenv |\\$Env:|\\$|del \\$|unset |@SET "?)(?:${CLIENT_VARIABLES})\\b`,
);
/** xonsh minds when a variable is unset that is not set. */
const UNSET_IN_XONSH = new RegExp(
  `^try:\\n {4}del \\$(?:${CLIENT_VARIABLES})\\nexcept KeyError:\\n {4}pass\\n`,
  'gm',
);
const CLIENT_NAME = new RegExp(`^(?:${CLIENT_VARIABLES})$`);

function isOfClient(line: string): boolean {
  return OF_CLIENT.test(line);
}

function maskLine(line: string): string {
  return (
    line
      .replace(/\btconda\b/g, 'conda')
      .replace(/\bconda (?:26\.7\.\d|0\.1\.0)\b/g, 'conda VERSION')
      .replace(/\b26\.7\.\d\b/g, 'VERSION')
      .replace(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00)?/g, 'TIME')
      .replace(/^\/tmp\/[\w-]+\.env$/g, '/tmp/FILE.env')
      .replace(/^# cmd: .*$/gm, '# cmd: CMD')
      // Ours say why a package comes.
      .replace(/^( {2}\S.*?) +(?:requested|dep of \S+(?: and \d+ more)?)$/, '$1')
  );
}
