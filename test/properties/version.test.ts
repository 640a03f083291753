import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { TcondaError } from '../../src/errors.ts';
import { formatVersionSpec, matchesVersion, parseVersionSpec } from '../../src/model/version-spec.ts';
import type { VersionSpec } from '../../src/model/version-spec.ts';
import { compareVersions, formatVersion, parseVersion, versionStartsWith } from '../../src/model/version.ts';

const segment = fc
  .array(fc.oneof(fc.nat(3).map(String), fc.constantFrom('a', 'b', 'ab', 'dev', 'post', 'rc', '00', '10')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.join(''));
const dotted = fc
  .array(fc.tuple(segment, fc.constantFrom('.', '_')), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map(([text, sign], i) => (i === 0 ? text : sign + text)).join(''));
const versionText = fc
  .tuple(fc.option(fc.nat(2), { freq: 4 }), dotted, fc.boolean(), fc.option(dotted, { freq: 4 }))
  .map(([epoch, main, isOpen, local]) =>
    [
      epoch === null ? '' : `${epoch}!`,
      main,
      isOpen && local === null ? '_' : '',
      local === null ? '' : `+${local}`,
    ].join(''),
  );
const sign = (a: string, b: string): number => Math.sign(compareVersions(parseVersion(a), parseVersion(b)));

describe('order', () => {
  test('is antisymmetric, and agrees with the rules written out plainly', () => {
    fc.assert(
      fc.property(versionText, versionText, (a, b) => {
        expect(sign(a, a)).toBe(0);
        expect(sign(b, a)).toBe(0 - sign(a, b));
        expect(sign(a, b)).toBe(plainOrder(a, b));
      }),
      { numRuns: 1000 },
    );
  });

  test('is transitive, and equal versions are interchangeable', () => {
    fc.assert(
      fc.property(versionText, versionText, versionText, (a, b, c) => {
        const [low = '', middle = '', high = ''] = [a, b, c].toSorted(sign);
        expect(sign(low, middle)).toBeLessThanOrEqual(0);
        expect(sign(middle, high)).toBeLessThanOrEqual(0);
        expect(sign(low, high)).toBeLessThanOrEqual(0);
        expect(sign(sign(a, b) === 0 ? b : a, c)).toBe(sign(a, c));
      }),
      { numRuns: 1000 },
    );
  });

  test('does not depend on case, on leading and trailing zeros, or on which separator is used', () => {
    fc.assert(
      fc.property(dotted, (text) => {
        expect(sign(text.toUpperCase(), text)).toBe(0);
        expect(sign(`${text}.0`, text)).toBe(0);
        expect(sign(`0!${text}+0`, text)).toBe(0);
        expect(sign(text.replaceAll('_', '.'), text)).toBe(0);
      }),
    );
  });

  test('a formatted version parses to itself', () => {
    fc.assert(
      fc.property(versionText, (text) => {
        const version = parseVersion(text);
        expect(parseVersion(formatVersion(version))).toEqual(version);
      }),
    );
  });
});

test('a version begins with each of its beginnings, and what begins with a number is one interval of the order', () => {
  fc.assert(
    fc.property(fc.array(versionText, { minLength: 2, maxLength: 8 }), dotted, (texts, prefix) => {
      expect(versionStartsWith(parseVersion(`${prefix}.1`), parseVersion(prefix))).toBe(true);
      const inside = texts
        .toSorted(sign)
        .map((text) => (versionStartsWith(parseVersion(text), parseVersion(prefix)) ? '1' : '0'));
      expect(inside.join('')).toMatch(/^0*1*0*$/);
    }),
    { numRuns: 1000 },
  );
});

type Expression =
  | { readonly kind: 'clause'; readonly operator: string; readonly text: string }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] };

const clause = fc.record({
  kind: fc.constant('clause' as const),
  operator: fc.constantFrom('==', '!=', '<', '<=', '>', '>=', '=', ''),
  text: versionText,
});
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    clause,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('expression'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

describe('version spec', () => {
  test('takes the versions that its expression means, also after it was written and read again', () => {
    fc.assert(
      fc.property(expression, fc.array(versionText, { minLength: 1, maxLength: 5 }), (meant, versions) => {
        const spec = parseVersionSpec(write(meant));
        const again = parseVersionSpec(formatVersionSpec(spec));
        expect(formatVersionSpec(again)).toBe(formatVersionSpec(spec));
        for (const version of versions) {
          expect(takes(spec, version)).toBe(means(meant, version));
          expect(takes(again, version)).toBe(means(meant, version));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('of a glob takes what a regular expression takes', () => {
    const piece = fc.constantFrom('1', '2', '.', 'a', '*', '*', '.*', '+');
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), versionText, (pieces, version) => {
        const text = `1*${pieces.join('')}2`;
        const regex = text.replaceAll(/[.+]/g, '\\$&').replaceAll('*', '.*');
        expect(takes(parseVersionSpec(text), version)).toBe(new RegExp(`^${regex}$`, 'i').test(version));
      }),
    );
  });
});

test('whatever the text, a parser gives a value or its own error', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'019a.*_-+!<>=~|,()^$[]@ \\dévpost'.split('')), maxLength: 30 }),
  );
  fc.assert(
    fc.property(text, (garbage) => {
      expect(['done', 'INVALID_VERSION']).toContain(outcome(() => parseVersion(garbage)));
      expect(['done', 'INVALID_VERSION_SPEC']).toContain(outcome(() => parseVersionSpec(garbage)));
    }),
    { numRuns: 3000 },
  );
});

/** `done`, the code of tconda's own error, or what else went wrong. */
function outcome(run: () => unknown): string {
  try {
    run();
    return 'done';
  } catch (error) {
    const isWhole = error instanceof TcondaError && typeof error.data['position'] === 'number';
    return isWhole ? error.code : String(error);
  }
}

function takes(spec: VersionSpec, version: string): boolean {
  return matchesVersion(spec, parseVersion(version));
}

function write(meant: Expression): string {
  if (meant.kind === 'clause') return `${meant.operator}${meant.text}`;
  return `(${meant.parts.map(write).join(meant.kind === 'and' ? ', ' : ' |')})`;
}

function means(meant: Expression, version: string): boolean {
  if ('parts' in meant) {
    const parts = meant.parts.map((part) => means(part, version));
    return meant.kind === 'and' ? parts.every(Boolean) : parts.some(Boolean);
  }
  const order = plainOrder(version, meant.text);
  switch (meant.operator) {
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '=':
      return plainStartsWith(version, meant.text);
    default:
      return order === 0;
  }
}

/** The rules of CEP 33 without any thought of speed: lists padded with zeros to one shape, then compared. */
type Plain = readonly (readonly (number | string)[])[];
const DEPTH = 12;

function plainParts(text: string): { readonly version: Plain; readonly local: Plain } {
  const [epoch = '0', rest = ''] = text.includes('!') ? text.split('!') : ['0', text];
  const [main = '', local] = rest.toLowerCase().split('+');
  const isOpen = main.endsWith('_');
  const texts = (isOpen ? main.slice(0, -1) : main).split(/[._]/);
  const version = [epoch, ...texts.map((part, i) => (isOpen && i === texts.length - 1 ? `${part}_` : part))];
  return { version: version.map(plainSegment), local: (local?.split(/[._]/) ?? []).map(plainSegment) };
}

function plainSegment(text: string): readonly (number | string)[] {
  const runs = (text.match(/\d+|\D+/g) ?? []).map((run) => {
    if (/^\d/.test(run)) return Number(run);
    if (run === 'post') return Infinity;
    return run === 'dev' ? 'DEV' : run;
  });
  return /^\d/.test(text) ? runs : [0, ...runs];
}

function padded(segments: Plain): readonly (number | string)[] {
  return Array.from({ length: DEPTH * DEPTH }, (_, i) => segments[Math.floor(i / DEPTH)]?.[i % DEPTH] ?? 0);
}

function plainOrder(a: string, b: string): number {
  const [first, second] = [plainParts(a), plainParts(b)];
  const left = [...padded(first.version), ...padded(first.local)];
  const right = [...padded(second.version), ...padded(second.local)];
  for (const [i, x] of left.entries()) {
    const y = right[i] ?? 0;
    if (typeof x !== typeof y) return typeof x === 'string' ? -1 : 1;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

function plainStartsWith(version: string, prefix: string): boolean {
  const [whole, start] = [plainParts(version), plainParts(prefix)];
  const hasLocal = start.local.length > 0;
  if (hasLocal && padded(whole.version).some((x, i) => x !== padded(start.version)[i])) return false;
  const [segments, wanted] = hasLocal ? [whole.local, start.local] : [whole.version, start.version];
  const flat = padded(segments);
  return wanted.every((part, i) => {
    const isLastSegment = i === wanted.length - 1;
    return Array.from({ length: isLastSegment ? part.length : DEPTH }, (_, j) => j).every((j) => {
      const [x, y] = [flat[i * DEPTH + j] ?? 0, part[j] ?? 0];
      const isLast = isLastSegment && j === part.length - 1;
      return isLast && typeof y === 'string' ? typeof x === 'string' && x.startsWith(y) : x === y;
    });
  });
}
