import { TcondaError } from '../errors.ts';
import { ParseCache } from './parse-cache.ts';
import { readVersion } from './version-text.ts';

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
  const version = readVersion(text);
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

/** Whether the text is a version (CEP 33). */
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
