import fc from 'fast-check';
import { expect, test } from 'vitest';

import { TcondaError } from '../../src/errors.ts';
import { parseCutoff } from '../../src/model/cutoff.ts';

const NOW = Date.UTC(2026, 3, 10, 12);
const HOUR = 3_600_000;

test.each([
  ['7d', NOW - 168 * HOUR],
  ['3d12h', NOW - 84 * HOUR],
  ['3 d 12 h', NOW - 84 * HOUR],
  ['1W', NOW - 168 * HOUR],
  ['90m', NOW - 1.5 * HOUR],
  ['P7D', NOW - 168 * HOUR],
  ['P1DT12H', NOW - 36 * HOUR],
  ['pt30m', NOW - 0.5 * HOUR],
  ['3600', NOW - HOUR],
  ['0', NOW],
  ['2026-04-01', Date.UTC(2026, 3, 2)],
  ['2024-02-29', Date.UTC(2024, 2, 1)],
  ['2026-04-01T12:00:00Z', Date.UTC(2026, 3, 1, 12)],
  ['2026-04-01T12:00:00+02:00', Date.UTC(2026, 3, 1, 10)],
  ['2026-04-01 12:00', Date.UTC(2026, 3, 1, 12)],
  [' 2026-04-01T12:00:00.250Z ', Date.UTC(2026, 3, 1, 12, 0, 0, 250)],
])('%s', (text, expected) => {
  expect(parseCutoff(text, NOW)).toBe(expected);
});

test.each([
  '',
  'P',
  'PT',
  '-7d',
  '7d x',
  'x7d',
  '7y',
  '2026-02-30',
  '2026-04-01T25:00:00Z',
  'yesterday',
  '1.5d',
])('refuses %j', (text) => {
  expect(() => parseCutoff(text, NOW)).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }));
});

function codeOf(text: string): string | undefined {
  try {
    return Number.isFinite(parseCutoff(text, NOW)) ? 'INVALID_VALUE' : 'infinite';
  } catch (error) {
    return error instanceof TcondaError ? error.code : String(error);
  }
}

test('any text is a moment or refused, and none takes long', () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => codeOf(text) === 'INVALID_VALUE'));
  expect(codeOf('1d'.repeat(100_000))).toBe('INVALID_VALUE');
  expect(codeOf(`${' '.repeat(100_000)}x`)).toBe('INVALID_VALUE');
});
