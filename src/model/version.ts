import { TcondaError } from '../errors.ts';
import { ParseCache } from './parse-cache.ts';

/**
 * One run of a version: an integer (`post` is `Infinity`, above every other) or lower-case text (`dev` is `DEV`,
 * which sorts below letters). Text is below every integer.
 */
export type VersionComponent = number | bigint | string;

/** What stands between two separators; a lone integer, by far the most common, is kept bare. */
export type VersionSegment = number | readonly VersionComponent[];

/** A parsed version (CEP 33). Equal versions may have different texts (`1.0` and `1.0.0`). */
export interface Version {
  /** As written, without surrounding blanks. */
  readonly text: string;
  /** The epoch, then the segments of the main part. */
  readonly segments: readonly VersionSegment[];
  /** What follows `+`; empty when there is none. */
  readonly local: readonly VersionSegment[];
}

/** Small, since a larger map costs more to look into than most versions cost to read. */
const cache = new ParseCache<Version>(1 << 12);

/**
 * Reads a version as conda does: case does not matter, `-` stands for `_` where no `_` is used, length is free.
 * @throws {TcondaError} `INVALID_VERSION`, with `data.position`
 */
export function parseVersion(text: string): Version {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const version = readPlain(text) ?? readGeneral(text);
  cache.set(text, version);
  return version;
}

/** As {@link parseVersion}, but undefined where that throws: what stands in a record need not be a version. */
export function findVersion(text: string): Version | undefined {
  try {
    return parseVersion(text);
  } catch (error) {
    if (error instanceof TcondaError) return undefined;
    throw error;
  }
}

export function isValidVersion(text: string): boolean {
  return findVersion(text) !== undefined;
}

/** The text that the version was read from, which is how files and records spell it. */
export function formatVersion(version: Version): string {
  return version.text;
}

/** Total order of CEP 33: negative, 0 or positive. Absent components count as 0, so `1.0` equals `1`. */
export function compareVersions(a: Version, b: Version): number {
  if (a === b) return 0;
  return compareSegments(a.segments, b.segments) || compareSegments(a.local, b.local);
}

/**
 * Whether a version begins with another, the rule behind `=1.2` and `1.2.*`: `1.2` begins `1.2`, `1.2.3` and
 * `1.2a1` but not `1.20`. The local part counts only when `prefix` has one.
 */
export function versionStartsWith(version: Version, prefix: Version): boolean {
  if (prefix.local.length === 0) return startsWith(version.segments, prefix.segments);
  return compareSegments(version.segments, prefix.segments) === 0 && startsWith(version.local, prefix.local);
}

function compareSegments(a: readonly VersionSegment[], b: readonly VersionSegment[]): number {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareSegment(a[i] ?? 0, b[i] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

function compareSegment(a: VersionSegment, b: VersionSegment): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  const length = Math.max(componentCount(a), componentCount(b));
  for (let i = 0; i < length; i++) {
    const order = compareComponents(componentAt(a, i), componentAt(b, i));
    if (order !== 0) return order;
  }
  return 0;
}

function compareComponents(a: VersionComponent, b: VersionComponent): number {
  if (typeof a === 'string' && typeof b !== 'string') return -1;
  if (typeof a !== 'string' && typeof b === 'string') return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function componentCount(segment: VersionSegment): number {
  return typeof segment === 'number' ? 1 : segment.length;
}

function componentAt(segment: VersionSegment, index: number): VersionComponent {
  if (typeof segment === 'number') return index === 0 ? segment : 0;
  return segment[index] ?? 0;
}

function startsWith(segments: readonly VersionSegment[], prefix: readonly VersionSegment[]): boolean {
  const last = prefix.length - 1;
  for (let i = 0; i < last; i++) {
    if (compareSegment(segments[i] ?? 0, prefix[i] ?? 0) !== 0) return false;
  }
  const segment = segments[last] ?? 0;
  const head = prefix[last] ?? 0;
  const end = componentCount(head) - 1;
  for (let i = 0; i < end; i++) {
    if (compareComponents(componentAt(segment, i), componentAt(head, i)) !== 0) return false;
  }
  const component = componentAt(segment, end);
  const wanted = componentAt(head, end);
  if (typeof wanted !== 'string') return compareComponents(component, wanted) === 0;
  return typeof component === 'string' && component.startsWith(wanted);
}

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const UNDERSCORE = 95;
const LOWER_A = 97;
const LOWER_Z = 122;

const NONE: readonly VersionSegment[] = [];
const growing: VersionSegment[] = [];

/**
 * The common case, digits and lower-case letters between dots, in one pass; undefined leaves anything else, and
 * every error, to the general reader.
 */
function readPlain(text: string): Version | undefined {
  // A list that grows keeps room for many more; what stays in memory is a copy of the right length.
  growing.length = 0;
  growing.push(0);
  let position = 0;
  while (position < text.length) {
    const start = position;
    const first = text.charCodeAt(position);
    const isBare = first >= ZERO && first <= NINE;
    let components: VersionComponent[] | undefined = isBare ? undefined : [0];
    let lone = 0;
    for (; position < text.length && !isSeparator(text.charCodeAt(position));) {
      const runStart = position;
      if (isDigitCode(text.charCodeAt(position))) {
        let value = 0;
        while (isDigitCode(text.charCodeAt(position)))
          value = value * 10 + text.charCodeAt(position++) - ZERO;
        if (position - runStart > 15) return undefined;
        if (runStart === start) lone = value;
        else components?.push(value);
      } else {
        while (isLetterCode(text.charCodeAt(position))) position++;
        if (position === runStart) return undefined;
        components ??= [lone];
        components.push(wordComponent(text.slice(runStart, position)));
      }
    }
    if (position === start) return undefined;
    growing.push(components ?? lone);
    position++;
  }
  return position === text.length + 1 ? { text, segments: growing.slice(), local: NONE } : undefined;
}

function isSeparator(code: number): boolean {
  return code === DOT || code === UNDERSCORE;
}

function isDigitCode(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isLetterCode(code: number): boolean {
  return code >= LOWER_A && code <= LOWER_Z;
}

function wordComponent(word: string): VersionComponent {
  if (word === 'post') return Infinity;
  return word === 'dev' ? 'DEV' : word;
}

const FORBIDDEN = /[^*.+!_0-9a-z]/;
const FORBIDDEN_WITH_DASH = /[^*.+!\-0-9a-z]/;

function readGeneral(text: string): Version {
  const trimmed = text.trim();
  const offset = text.length - text.trimStart().length;
  const fail = (why: string, position: number): never => {
    throw new TcondaError('INVALID_VERSION', `Invalid version '${shorten(text)}': ${why}`, {
      data: { version: text, position: offset + position, reason: why },
    });
  };
  if (trimmed === '') fail('it is empty', 0);
  const lower = trimmed.toLowerCase();
  const dashed = lower.includes('-') && !lower.includes('_');
  const at = lower.search(dashed ? FORBIDDEN_WITH_DASH : FORBIDDEN);
  if (at !== -1) fail(`'${lower.charAt(at)}' is not allowed`, at);
  const plain = dashed ? lower.replaceAll('-', '_') : lower;

  const bang = plain.indexOf('!');
  if (bang !== plain.lastIndexOf('!')) fail("more than one '!'", plain.lastIndexOf('!'));
  if (bang !== -1 && !isDigits(plain.slice(0, bang))) fail("what precedes '!' is not a number", 0);
  const plus = plain.indexOf('+', bang + 1);
  if (plain.indexOf('+') !== plain.lastIndexOf('+')) fail("more than one '+'", plain.lastIndexOf('+'));
  const main = plain.slice(bang + 1, plus === -1 ? undefined : plus);
  if (main === '') fail('there is no release number', bang + 1);

  const epoch = bang === -1 ? 0 : bareWhenLone([readInteger(plain.slice(0, bang))]);
  const segments = readMain(main, (position) => fail('a component is empty', bang + 1 + position));
  const local =
    plus === -1
      ? NONE
      : readSegments(plain.slice(plus + 1), (position) => fail('a component is empty', plus + 1 + position));
  return { text: trimmed, segments: [epoch, ...segments], local };
}

/** One final `_` belongs to the last segment instead of separating: `1.0.1_` is below `1.0.1a`, as openssl counts. */
function readMain(main: string, onEmpty: (position: number) => never): VersionSegment[] {
  if (!main.endsWith('_')) return readSegments(main, onEmpty);
  const texts = main.slice(0, -1).split(/[._]/);
  return readTexts([...texts.slice(0, -1), `${texts.at(-1) ?? ''}_`], onEmpty);
}

function readSegments(text: string, onEmpty: (position: number) => never): VersionSegment[] {
  return readTexts(text.split(/[._]/), onEmpty);
}

function readTexts(texts: readonly string[], onEmpty: (position: number) => never): VersionSegment[] {
  let position = 0;
  return texts.map((text) => {
    if (text === '') onEmpty(position);
    position += text.length + 1;
    return readSegment(text);
  });
}

const RUNS = /[0-9]+|[*]+|[^0-9*]+/g;

function readSegment(text: string): VersionSegment {
  const components = (text.match(RUNS) ?? []).map(readComponent);
  return bareWhenLone(/^[0-9]/.test(text) ? components : [0, ...components]);
}

function bareWhenLone(components: readonly VersionComponent[]): VersionSegment {
  const [first] = components;
  return components.length === 1 && typeof first === 'number' ? first : components;
}

function readComponent(run: string): VersionComponent {
  return isDigits(run) ? readInteger(run) : wordComponent(run);
}

/** Real versions hold dates of 14 digits and more: beyond 15 a number would no longer be exact. */
function readInteger(digits: string): number | bigint {
  return digits.length <= 15 ? Number(digits) : exactInteger(BigInt(digits));
}

function exactInteger(value: bigint): number | bigint {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
