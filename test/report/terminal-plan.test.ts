import { describe, expect, test } from 'vitest';

import type { Transaction } from '../../src/model/transaction.ts';
import { planReasons } from '../../src/report/plan-reasons.ts';
import type { PlanTableInput } from '../../src/report/plan-table.ts';
import { makeStyle, withoutStyle } from '../../src/report/style.ts';
import { formatTerminalPlan } from '../../src/report/terminal-plan.ts';
import { textWidth } from '../../src/report/text-width.ts';
import { record } from './records.ts';

const python = record('python 3.12.7 h2_0_cpython', { size: 14_500_000, depends: ['zlib'] });
const zlib = record('zlib 1.3.1 h0_1', { size: 65_536 });
const transaction: Transaction = {
  prefix: '/envs/e1',
  unchanged: [],
  operations: [
    { kind: 'link', install: python },
    { kind: 'link', install: zlib },
    {
      kind: 'change',
      remove: record('numpy 1.26.4 py312_0'),
      install: record('numpy 2.0.0 py312_0', { size: 8_000_000, depends: ['python'] }),
    },
    { kind: 'unlink', remove: record('old 1.0 0') },
    { kind: 'change', remove: record('tool 2.0 0'), install: record('tool 1.0 0') },
    {
      kind: 'change',
      remove: record('xz 5.4 0'),
      install: record('xz 5.2 0', { schannel: 'https://example.org/first' }),
    },
    { kind: 'change', remove: record('zip 1 a_0'), install: record('zip 1 b_0') },
  ],
};
const input: PlanTableInput = {
  transaction,
  added: ['python'],
  removed: [],
  fetch: [python, zlib],
  showChannelUrls: undefined,
  reasons: planReasons(transaction, new Set(['python'])),
};
const shown = (columns: number, plan = input): string => formatTerminalPlan(plan, columns).join('\n');

test('says what comes, in which version, how large, and why; the sums last', () => {
  expect(shown(100)).toMatchInlineSnapshot(`
    "
    ## Package Plan ##

      environment location: /envs/e1

      added / updated specs:
        - python

    Install
    + python  3.12.7          h2_0_cpython  mini          13.8 MB  requested
    + zlib    1.3.1           h0_1          mini            64 KB  dep of python

    Remove
    - old     1.0             0             mini

    Update
    ↑ numpy   1.26.4 → 2.0.0  py312_0       mini           cached

    Replace from a channel of higher priority
    ↻ xz      5.4 → 5.2       0             mini → first   cached

    Downgrade
    ↓ tool    2.0 → 1.0       0             mini           cached

    Replace by another build
    ↻ zip     1               a_0 → b_0     mini           cached

    2 to install, 1 to remove, 1 to update, 1 to replace, 1 to downgrade, 1 to rebuild
    13.9 MB to download
    "
  `);
});

test('says which channel packages are of once, where it is one', () => {
  const one = { ...transaction, operations: transaction.operations.slice(0, 2) };
  expect(shown(80, { ...input, transaction: one })).toMatchInlineSnapshot(`
    "
    ## Package Plan ##

      environment location: /envs/e1

      added / updated specs:
        - python

    Install
    + python  3.12.7  h2_0_cpython  13.8 MB  requested
    + zlib    1.3.1   h0_1            64 KB  dep of python

    2 to install, 13.9 MB to download, from mini
    "
  `);
});

test('puts what is alike together where there is no room for a column of reasons', () => {
  expect(shown(40)).toMatchInlineSnapshot(`
    "
    ## Package Plan ##

      environment location: /envs/e1

      added / updated specs:
        - python

    Install: requested
    + python  3.12.7          13.8 MB

    Install: dep of python
    + zlib    1.3.1             64 KB

    Remove
    - old     1.0

    Update
    ↑ numpy   1.26.4 → 2.0.0   cached

    Replace from a channel of higher prior…
    ↻ xz      5.4 → 5.2        cached

    Downgrade
    ↓ tool    2.0 → 1.0        cached

    Replace by another build
    ↻ zip     1                cached

    2 to install, 1 to remove, 1 to update
    1 to replace, 1 to downgrade
    1 to rebuild, 13.9 MB to download
    from mini, mini → first
    "
  `);
});

test('tells why packages go', () => {
  const going: Transaction = {
    prefix: '/envs/e1',
    unchanged: [record('kept 1', { depends: ['shared'] })],
    operations: [
      record('python 3.12', { depends: ['zlib'] }),
      record('zlib 1.3'),
      record('numpy 2', { depends: ['python >=3', 'blas'] }),
      record('scipy 1', { depends: ['numpy'] }),
      record('blas 1'),
      record('alone 1'),
    ].map((remove) => ({ kind: 'unlink', remove })),
  };
  expect(Object.fromEntries(planReasons(going, new Set(['python'])))).toEqual({
    python: 'requested',
    numpy: 'needs python',
    scipy: 'needs numpy',
    blas: 'no longer needed',
    zlib: 'no longer needed',
  });
});

describe('takes no more columns than there are', () => {
  const hostile = record('evil 1 0', { build: '\u001b[2J構建構建構建構建構建構建構建構建', size: 2 ** 45 });
  const plans: readonly (readonly [string, PlanTableInput])[] = [
    ['with every section', input],
    [
      'with hostile and wide text',
      { ...input, transaction: { ...transaction, operations: [{ kind: 'link', install: hostile }] } },
    ],
    [
      'with hundreds of packages',
      {
        ...input,
        transaction: {
          ...transaction,
          operations: Array.from({ length: 300 }, (_, index) => ({
            kind: 'link',
            install: record(`${'long-'.repeat(index % 12)}name${index} 2024.10.${index} h${index}abcdef_0`),
          })),
        },
      },
    ],
  ];
  test.each(plans)('%s', (_, plan) => {
    for (const columns of [4, 5, 10, 20, 24, 39, 40, 60, 61, 80, 100, 200]) {
      const lines = formatTerminalPlan({ ...plan, added: [], style: makeStyle(true) }, columns);
      // The heading and the path are what they are.
      const table = lines.slice(4).map(withoutStyle);
      expect(table.join('')).not.toContain('\u001b');
      expect(Math.max(...table.map(textWidth)), `${columns} columns`).toBeLessThanOrEqual(columns);
    }
  });
});
