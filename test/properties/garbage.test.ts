import { describe, expect, test } from 'vitest';

import { TcondaError } from '../../src/errors.ts';
import { parseMambaMatchSpec } from '../../src/model/mamba-match-spec.ts';
import { parseCondition } from '../../src/model/match-spec-condition.ts';
import { formatMatchSpec, parseMatchSpec } from '../../src/model/match-spec-text.ts';
import { parsePackageName } from '../../src/model/package-name.ts';
import { matchesPattern, parseStringPattern } from '../../src/model/string-pattern.ts';
import { parseVersionSpec } from '../../src/model/version-spec.ts';
import { parseVersion } from '../../src/model/version.ts';

const PARSERS: readonly ((text: string) => unknown)[] = [
  parseVersion,
  parseVersionSpec,
  (text) => formatMatchSpec(parseMatchSpec(text)),
  parseMambaMatchSpec,
  parseCondition,
  parsePackageName,
];

/** Texts that a careless parser would spend the square of their length on, or more. */
const BOMBS = [
  ...`( [ ^ $ * . _ - = < | , " ' \\ : / # 1 a 1. 1| (1| ^( [a= [a=' [a='[ a[ [] :: =a /t/ ://`.split(' '),
  ...'a* *a **. [when= ^a$| (?= http://a@'.split(' '),
  ' ',
  ' =',
  '= ',
  'a ',
  ' if ',
];
const LENGTH = 50_000;
const TAILS = ['', 'x', ']', '.conda'];

describe('takes time linear in the length of the text', () => {
  test.each(BOMBS)('%j over and over', (piece) => {
    for (const tail of TAILS) {
      const text = `a ${piece.repeat(LENGTH / piece.length)}${tail}`;
      for (const garbage of [text, text.slice(2)]) {
        const begin = performance.now();
        // A person reads a line or two, whatever they wrote.
        for (const parse of PARSERS) expect(complaint(() => parse(garbage)).length).toBeLessThan(500);
        // The square of the length would take many seconds.
        expect(performance.now() - begin).toBeLessThan(1000);
      }
    }
  });

  test.each([
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '^(.*)*x$',
    '^(?=(a+)+b)a*$',
    '^(a?){200}a{200}$',
    '*a*a*a*a*a*b',
  ])('matching %s', (pattern) => {
    const value = 'a'.repeat(5000);
    const begin = performance.now();
    matchesPattern(parseStringPattern(pattern), `${value}!`);
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

/** What tconda's own error says, nothing where there is none; any other error is thrown on. */
function complaint(run: () => unknown): string {
  try {
    run();
    return '';
  } catch (error) {
    if (error instanceof TcondaError) return error.message;
    throw error;
  }
}
