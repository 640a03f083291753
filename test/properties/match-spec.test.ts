import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { TcondaError } from '../../src/errors.ts';
import { parseCondition } from '../../src/model/match-spec-condition.ts';
import { mergeMatchSpecs } from '../../src/model/match-spec-merge.ts';
import { formatBuildForm, formatMatchSpec, parseMatchSpec } from '../../src/model/match-spec-text.ts';
import { matchesRecord } from '../../src/model/match-spec.ts';
import type { MatchSpec } from '../../src/model/match-spec.ts';
import { parsePackageName } from '../../src/model/package-name.ts';
import { matchesPattern, parseStringPattern } from '../../src/model/string-pattern.ts';

const name = fc.constantFrom('a', 'b', 'a-b', 'lib_x', '__glibc', 'a*', '*', '^a.*$');
const versions = '1 1.0 =1 ==1.0 1.* 1.0* !=1.0 !=1.* ~=1.0 >=1 >=1,<2 1|=2 * (1|2),>1 1.*.1';
const version = fc.constantFrom(...versions.split(' '));
const build = fc.constantFrom('0', 'py_0', 'py*', '*_0', '*', '^py.*$');
const channel = fc.constantFrom(
  'conda-forge',
  'defaults',
  'x/label/y',
  'https://h.org/c',
  'conda-*',
  '/tmp/c',
);
const quotable = fc.string({
  unit: fc.constantFrom(...'ab,= #[]\'"|^$<*'.split('')),
  minLength: 1,
  maxLength: 8,
});
const specFields = fc.record(
  {
    name,
    version,
    build,
    channel,
    subdir: fc.constantFrom('linux-64', 'noarch'),
    build_number: fc.constantFrom('0', '>=1'),
    md5: fc.constantFrom('ab', 'CD'),
    license: fc.constantFrom('MIT', 'BSD*'),
    fn: quotable,
    track_features: fc.constantFrom('x', 'x y'),
    extras: fc.subarray(['docs', 'test'], { minLength: 1 }),
    flags: fc.subarray(['blas:*', 'cuda'], { minLength: 1 }),
    when: fc.constantFrom('a', 'a and b', "a[version='>=1'] or b"),
  },
  { requiredKeys: ['name'] },
);
const specText = specFields.map(({ name: own, fn, ...fields }) => {
  const items = Object.entries(fields).map(([key, value]) =>
    typeof value === 'string' ? `${key}="${value}"` : `${key}=[${value.join(', ')}]`,
  );
  // A backslash and both quotes in one value can't be written at all.
  if (fn !== undefined && /^[^"[\]]*$/.test(fn)) items.push(`fn="${fn}"`);
  return `${own}${items.length === 0 ? '' : `[${items.join(',')}]`}`;
});

const record = fc.record({
  name: fc.constantFrom('a', 'b', 'a-b', 'lib_x').map(parsePackageName),
  version: fc.constantFrom('0.9', '1', '1.0.1', '1.5', '2.0', '1.0a'),
  build: fc.constantFrom('0', 'py_0', 'py_1'),
  build_number: fc.nat(2),
  subdir: fc.constantFrom('linux-64', 'noarch'),
  channel: fc.constantFrom('https://conda.anaconda.org/conda-forge', 'https://h.org/c'),
  schannel: fc.constantFrom('conda-forge', 'https://h.org/c'),
});

describe('spec', () => {
  test('the canonical form is stable and takes the same records', () => {
    fc.assert(
      fc.property(specText, fc.array(record, { minLength: 1, maxLength: 5 }), (text, records) => {
        const spec = parseMatchSpec(text);
        const again = parseMatchSpec(formatMatchSpec(spec));
        expect(meaning(again)).toEqual(meaning(spec));
        for (const one of records) expect(matchesRecord(again, one)).toBe(matchesRecord(spec, one));
      }),
      { numRuns: 2000 },
    );
  });

  test('takes a record exactly when each of its fields alone does', () => {
    fc.assert(
      fc.property(specFields, record, (fields, one) => {
        const { name: own, version: v, build: b, channel: c, subdir: s, build_number: n } = fields;
        const conditions = { version: v, build: b, channel: c, subdir: s, build_number: n };
        const given = Object.entries(conditions).filter(([, value]) => value !== undefined);
        const items = given.map(([key, value]) => `${key}='${value ?? ''}'`);
        const whole = parseMatchSpec(`${own}[${items.join(',')}]`);
        const parts = [own, ...items.map((item) => `*[${item}]`)].map((text) => parseMatchSpec(text));
        expect(matchesRecord(whole, one)).toBe(parts.every((part) => matchesRecord(part, one)));
      }),
      { numRuns: 1000 },
    );
  });

  test('the form of recipes takes the records that the name, version and build take', () => {
    const exact = fc
      .tuple(fc.constantFrom('a', 'b'), version, fc.option(build))
      .filter(([, v]) => !/[|,]/.test(v));
    fc.assert(
      fc.property(exact, record, ([own, v, b], one) => {
        const spec = parseMatchSpec(`${own}[version='${v}'${b === null ? '' : `,build='${b}'`}]`);
        const again = parseMatchSpec(formatBuildForm(spec) ?? '');
        expect(matchesRecord(again, one)).toBe(matchesRecord(spec, one));
      }),
    );
  });

  test('a merge takes what all of its specs take', () => {
    const one = fc
      .tuple(fc.constantFrom('0', 'py_0', 'py*', '*'), version)
      .map(([b, v]) => `a[version='${v}',build='${b}']`);
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 3 }), record, (texts, candidate) => {
        const specs = texts.map((text) => parseMatchSpec(text));
        const isTaken = specs.every((spec) => matchesRecord(spec, candidate));
        expect(mergedOrNone(specs)?.every((spec) => matchesRecord(spec, candidate)) ?? false).toBe(isTaken);
      }),
      { numRuns: 1000 },
    );
  });
});

test('whatever the text, a parser gives a value or its own error, and a formatted value parses', () => {
  const pieces = [
    ...'a1.*_-+!<>=~|,()^$[]@# \'":;/\\'.split(''),
    ' if ',
    '::',
    'version=',
    'when=',
    'extras=[',
    'https://',
    '.conda',
    'linux-64',
  ];
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...pieces), { maxLength: 15 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (garbage) => {
      expect(OWN_ERROR).toContain(outcome(() => formatMatchSpec(parseMatchSpec(garbage))));
      expect(OWN_ERROR).toContain(outcome(() => parseCondition(garbage)));
      expect([...OWN_ERROR, 'INVALID_PACKAGE_NAME']).toContain(outcome(() => parsePackageName(garbage)));
    }),
    { numRuns: 3000 },
  );
});

test('a glob takes what the regular expression for it takes', () => {
  const char = fc.constantFrom('a', 'b', '*', '.', '+');
  fc.assert(
    fc.property(fc.array(char), fc.string({ unit: fc.constantFrom(...'ab.+'.split('')) }), (chars, value) => {
      const glob = `*${chars.join('')}`;
      const regex = glob.replaceAll(/[.+]/g, '\\$&').replaceAll('*', '.*');
      expect(matchesPattern(parseStringPattern(glob), value)).toBe(new RegExp(`^${regex}$`).test(value));
    }),
    { numRuns: 1000 },
  );
});

test('a regular expression takes what the engine of the language takes', () => {
  const { node } = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\d', 'a?', '\\b'),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => `${a}${b}`),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(${a}|${b})`),
      fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{1,2}')).map(([a, sign]) => `(?:${a})${sign}`),
      fc.tuple(tie('node'), fc.constantFrom('?=', '?!')).map(([a, sign]) => `(${sign}${a})`),
    ),
  }));
  fc.assert(
    fc.property(
      node,
      fc.string({ unit: fc.constantFrom(...'ab1_-'.split('')), maxLength: 6 }),
      (body, value) => {
        const pattern = `^${body}$`;
        expect(matchesPattern(parseStringPattern(pattern), value)).toBe(new RegExp(pattern).test(value));
      },
    ),
    { numRuns: 3000 },
  );
});

const OWN_ERROR = ['done', 'INVALID_MATCH_SPEC'];

/** `done`, the code of tconda's own error, or what else went wrong. */
function outcome(run: () => unknown): string {
  try {
    run();
    return 'done';
  } catch (error) {
    return error instanceof TcondaError ? error.code : String(error);
  }
}

function mergedOrNone(specs: readonly MatchSpec[]): readonly MatchSpec[] | undefined {
  try {
    return mergeMatchSpecs(specs);
  } catch (error) {
    if (error instanceof TcondaError) return undefined;
    throw error;
  }
}

/** What a spec means, as data: without its text, and without a version that any version matches. */
function meaning(spec: MatchSpec): unknown {
  const wanted = spec.version?.kind === 'any' ? undefined : spec.version;
  return JSON.parse(JSON.stringify({ ...spec, text: undefined, notes: undefined, version: wanted }));
}
