import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { formatIndex, parseIndex, type RepodataIndex } from '../../src/repodata/repodata-index.ts';
import { createRepodataScanner, RepodataSyntaxError } from '../../src/repodata/scan-repodata.ts';
import { raw, repodataText } from '../helpers/channel.ts';

function scan(text: string | Uint8Array, chunk = Infinity): RepodataIndex {
  const bytes = Buffer.from(text);
  const scanner = createRepodataScanner();
  for (let at = 0; at < bytes.length; at += chunk)
    scanner.push(bytes.subarray(at, Math.min(bytes.length, at + chunk)));
  return scanner.finish();
}

function attempt(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** File names by record name, as the ranges give them. */
function files(text: string, index = scan(text)): Record<string, string[]> {
  const bytes = Buffer.from(text);
  return Object.fromEntries(
    index.names.map((name) => [
      name,
      index
        .rangesOf(name)
        .flatMap(({ start, end }) =>
          Object.keys(JSON.parse(`{${bytes.toString('utf8', start, end)}}`) as object),
        ),
    ]),
  );
}

const SOME = [
  raw('zlib 1.2 h_0'),
  raw('zlib 1.3 h_0'),
  raw('numpy 1.26 py312_0', { depends: ['python >=3.12', 'libblas'] }),
  raw('numpy-base 1.26 py312_0'),
  raw('numpy 1.27 py312_0'),
  raw('zlib 1.2 h_0', {}, '.tar.bz2'),
  raw('ünï 1 0', { license: '}, "a": {' }),
];
const NAMES = {
  zlib: ['zlib-1.2-h_0.tar.bz2', 'zlib-1.2-h_0.conda', 'zlib-1.3-h_0.conda'],
  numpy: ['numpy-1.26-py312_0.conda', 'numpy-1.27-py312_0.conda'],
  'numpy-base': ['numpy-base-1.26-py312_0.conda'],
  ünï: ['ünï-1-0.conda'],
};

describe('createRepodataScanner', () => {
  test.each([1, 2, 3, 7, 64, 500, Infinity])('finds the records, in pieces of %d bytes', (chunk) => {
    for (const text of [
      repodataText(SOME),
      JSON.stringify(JSON.parse(repodataText(SOME)), undefined, 2),
      JSON.stringify(JSON.parse(repodataText(SOME)), undefined, '\r\n\t '),
    ]) {
      const index = scan(text, chunk);
      expect(files(text, index)).toEqual(NAMES);
      expect(index.recordCount).toBe(7);
    }
  });

  test.each([
    [
      'packages behind packages.conda',
      `{"packages.conda": {"a-1-0.conda": {}}, "packages": {"a-1-0.tar.bz2": {}}}`,
    ],
    [
      'unknown keys, deep and odd',
      `{"x": [{"packages": {"z-1-0.conda": {}}}, "}\\""], "y": -1.5e3, "packages": {"a-1-0.tar.bz2": {"x": {"y": [{}]}}, "a-1-0.conda": {}}, "n": null}`,
    ],
    ['braces in strings', `{"packages": {"a-1-0.tar.bz2": {"x": "}"}, "a-1-0.conda": {"y": "{\\"}{"}}}`],
    [
      'what looks like the next record',
      `{"packages": {"a-1-0.tar.bz2": {"x": "}, ", "b-1-0.conda": {"y": 1}, "z": "}}"}, "a-1-0.conda": {"n": "}}, \\"b-1-0.conda\\": {"}}}`,
    ],
    ['escapes in keys', `{"pack\\u0061ges": {"\\u0061-1-0.tar.bz2": {}, "a\\u002d1-0.conda": {}}}`],
    ['a key that comes twice', `{"packages": {"a-1-0.tar.bz2": {}}, "packages": {"a-1-0.conda": {}}}`],
    [
      'keys that are no packages',
      `{"packages": {"readme": {}, "a-1-0.tar.bz2": {}, "b-1-0.whl": {}, "a-1-0.conda": {}, "x-1-0.conda": 5}}`,
    ],
  ])('is not confused by %s', (_, text) => {
    for (const chunk of [1, 5, Infinity]) {
      const found = files(text, scan(text, chunk));
      expect({ ...found, a: found['a']?.toSorted() }).toEqual({ a: ['a-1-0.conda', 'a-1-0.tar.bz2'] });
    }
  });

  test('reads v3, whose keys have no extension', () => {
    const text = `{"v3": {"conda": {"a-1-0": {}}, "whl": {"b-1-0": {}}, "tar.bz2": {"a-1-1": {}}}, "packages": {}}`;
    const index = scan(text);
    expect(index.rangesOf('a').map(({ kind }) => kind)).toEqual(['v3-conda', 'v3-tar.bz2']);
    expect(index.names).toEqual(['a']);
  });

  test('says where the other members are', () => {
    const text = `{"info": {"subdir": "noarch"}, "packages": {}, "removed": ["a"], "repodata_version": 1}`;
    const { fields } = scan(text);
    const at = (key: string) => text.slice(fields.get(key)?.start, fields.get(key)?.end);
    expect([at('info'), at('removed'), at('repodata_version')]).toEqual([
      '{"subdir": "noarch"}',
      '["a"]',
      '1',
    ]);
  });

  test.each(['', '  \n', '{}', '{ }\n'])('%j holds nothing', (text) => {
    expect(scan(text).names).toEqual([]);
  });

  test.each([
    ['<html>', 'an object should be at byte 0, not "<html>"'],
    ['{"packages": {"a-1-0.conda": {} "b"', "',' or '}' should be at byte 32"],
    ['{"packages": {}} x', 'the end should be at byte 17'],
    ['{"packages" {}}', "':' should be at byte 12"],
    ['{"packages": {a: 1}}', 'a key should be at byte 14'],
    ['[]', 'an object should be'],
  ])('refuses %s', (text, message) => {
    for (const chunk of [1, Infinity]) {
      expect(() => scan(text, chunk)).toThrow(RepodataSyntaxError);
      expect(() => scan(text)).toThrow(message);
    }
  });

  test('sees at every byte that a file is cut off', () => {
    const text = repodataText(SOME, { removed: ['x'] });
    const bytes = Buffer.from(text);
    for (let length = 1; length < bytes.length; length += 1) {
      expect(() => scan(bytes.subarray(0, length))).toThrow('ends in the middle');
    }
  });

  test('survives nesting that no stack does', () => {
    const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
    expect(scan(`{"x": ${deep}, "packages": {"a-1-0.conda": {"y": ${deep}}}}`).names).toEqual(['a']);
  });

  test('agrees with JSON.parse whatever the strings hold', () => {
    const text = fc.string({
      unit: fc.constantFrom('}', '{', '"', '\\', ',', ':', ' ', 'a-1-0.conda', 'é', '[', ']', '\n'),
    });
    const fields = fc.dictionary(
      text,
      fc.oneof(text, fc.array(text), fc.integer(), fc.constant(null), fc.object({ maxDepth: 2 })),
    );
    const names = fc.constantFrom('a', 'b', 'a-b', 'c.d', '_e');
    const record = fc.tuple(names, fc.nat(3), fields, fc.constantFrom('.conda', '.tar.bz2'));
    fc.assert(
      fc.property(
        fc.array(record),
        fields,
        fc.boolean(),
        fc.integer({ min: 1, max: 60 }),
        (records, more, indent, chunk) => {
          const all = records.map(
            ([name, build, value, extension]) => [`${name}-1-${build}${extension}`, value] as const,
          );
          const json = JSON.stringify(
            { ...more, ...(JSON.parse(repodataText(all)) as object) },
            undefined,
            indent ? 1 : undefined,
          );
          const expected = new Set(all.map(([fn]) => fn));
          const found = Object.values(files(json, scan(json, chunk))).flat();
          expect(new Set(found)).toEqual(expected);
          for (const [name, own] of Object.entries(files(json))) {
            for (const fn of own) expect(fn.replace(/-1-\d\.[a-z.0-9]+$/, '')).toBe(name);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('never breaks on damaged text but by its own error', () => {
    const bytes = Buffer.from(repodataText(SOME));
    fc.assert(
      fc.property(
        fc.nat(bytes.length - 1),
        fc.nat(255),
        fc.integer({ min: 1, max: 200 }),
        (at, byte, chunk) => {
          const damaged = Buffer.from(bytes);
          damaged[at] = byte;
          const outcome = attempt(() => scan(damaged, chunk));
          expect(outcome === undefined || outcome instanceof RepodataSyntaxError).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('an index as a file', () => {
  const stamp = { size: 123, mtimeNs: 1_700_000_000_123_456_789n };
  const index = scan(repodataText(SOME, { removed: [] }));
  const bytes = formatIndex(index, stamp);

  test('comes back as it was', () => {
    const back = parseIndex(bytes, stamp);
    expect(back?.names).toEqual(index.names);
    expect(back?.names.map((name) => back.rangesOf(name))).toEqual(
      index.names.map((name) => index.rangesOf(name)),
    );
    expect(back?.rangesOf('none')).toEqual([]);
    expect(back?.fields).toEqual(index.fields);
    const empty = scan('{}');
    expect(parseIndex(formatIndex(empty, stamp), stamp)?.names).toEqual([]);
  });

  test('is refused when it is torn or of another file', () => {
    expect(parseIndex(bytes, { ...stamp, size: 124 })).toBeUndefined();
    expect(parseIndex(bytes, { ...stamp, mtimeNs: stamp.mtimeNs + 1n })).toBeUndefined();
    for (let length = 0; length < bytes.length; length += 1) {
      expect(parseIndex(bytes.subarray(0, length), stamp)).toBeUndefined();
    }
  });
});
