import { TcondaError } from '../errors.ts';
import { shorten } from './shorten.ts';
import type { Version, VersionComponent, VersionSegment } from './version.ts';

/** @throws {TcondaError} `INVALID_VERSION` */
export function readVersion(text: string): Version {
  return readPlain(text) ?? readGeneral(text);
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
