import { expect, test } from 'vitest';

import type { Transaction } from '../../src/model/transaction.ts';
import { planReasons } from '../../src/report/plan-reasons.ts';
import { formatPlan } from '../../src/report/plan-table.ts';
import { makeStyle, wantsColours } from '../../src/report/style.ts';
import { record } from './records.ts';

const transaction: Transaction = {
  prefix: '/env',
  operations: [
    { kind: 'link', install: record('zlib 1.3', { depends: [] }) },
    { kind: 'link', install: record('python 3.12', { depends: ['zlib >=1.2', 'pip'] }) },
    { kind: 'link', install: record('numpy 2.0', { depends: ['python >=3.12', 'zlib'] }) },
    { kind: 'link', install: record('pip 24', { depends: ['python'] }) },
    { kind: 'link', install: record('alone 1', { depends: [] }) },
  ],
  unchanged: [record('app 1', { depends: ['pip'] })],
};
const reasons = planReasons(transaction, new Set(['numpy']));

test('a package was asked for, or something needs it', () => {
  expect(Object.fromEntries(reasons)).toEqual({
    numpy: 'requested',
    pip: 'dep of app and 1 more',
    python: 'dep of numpy and 1 more',
    zlib: 'dep of numpy and 1 more',
  });
});

test('the plan says it behind each package, in line', () => {
  const lines = formatPlan({
    transaction,
    added: [],
    removed: [],
    fetch: [],
    showChannelUrls: undefined,
    reasons,
  });
  const rows = lines.filter((line) => line.includes('::'));
  expect(
    new Set(
      rows.filter((row) => / (requested|dep of)/.test(row)).map((row) => row.search(/ (requested|dep of)/)),
    ).size,
  ).toBe(1);
  expect(rows.find((row) => row.includes('alone'))?.endsWith(' ')).toBe(true);
});

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ TERM: 'dumb' }, true, false],
])('%j at a terminal: %s, colours: %s', (env, isTerminal, expected) => {
  expect(wantsColours(env, () => isTerminal)).toBe(expected);
});

test('without colours nothing is added', () => {
  expect(makeStyle(false).bold('text')).toBe('text');
  expect(makeStyle(true).bold('text')).toBe('\u001b[1mtext\u001b[22m');
});
