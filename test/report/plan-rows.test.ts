import { expect, test } from 'vitest';

import type { RepoDataRecord } from '../../src/model/package-record.ts';
import type { PrefixRecord } from '../../src/model/prefix-record.ts';
import { sortChanges } from '../../src/report/change-categories.ts';
import { formatPlan } from '../../src/report/plan-table.ts';
import { record } from './records.ts';

const A = { channel: 'http://localhost/a', schannel: 'a' };
const B = { channel: 'http://localhost/b', schannel: 'b' };

/** The section that a change is in, and its row. */
function shown(before: PrefixRecord | undefined, after: RepoDataRecord): readonly string[] {
  const operation =
    before === undefined
      ? ({ kind: 'link', install: after } as const)
      : ({ kind: 'change', remove: before, install: after } as const);
  const transaction = { prefix: '/p', unchanged: [], operations: [operation] };
  const category = [...sortChanges(transaction)].find(([, changes]) => changes.length > 0)?.[0];
  const lines = formatPlan({ transaction, added: [], removed: [], fetch: [], showChannelUrls: undefined });
  return [category ?? '', lines.at(category === undefined ? 0 : -3) ?? ''];
}

test.each([
  [17, 'nnnnnnnnnnnnnnnnn  mini'],
  [18, 'nnnnnnnnnnnnnnnnnn mini'],
  [19, 'nnnnnnnnnnnnnnnnn~ mini'],
])('a name of %i characters', (length, start) => {
  expect(shown(undefined, record(`${'n'.repeat(length)} 1.0`))[1]).toMatch(new RegExp(`^ {2}${start}/`));
});

test.each([
  [37, ` ${'1'.repeat(35)}-0`],
  [38, `${'1'.repeat(36)}-0`],
  [39, `${'1'.repeat(37)}~`],
])('what was there in %i characters', (length, left) => {
  const version = '1'.repeat(length - 2);
  expect(shown(record(`x ${version}`), record(`x ${version}2`))).toEqual([
    'updated',
    `  x                  ${left} --> ${version}2-0 `,
  ]);
});

const before = record('x 1.5 h1_3', { build_number: 3, ...A });
const left = (text: string): string => `  x                  ${text.padStart(38)} -->`;

test.each([
  ['a higher version', 'x 1.10 h1_0', 0, A, 'updated', `${left('1.5-h1_3')} 1.10-h1_0 `],
  ['a higher build number', 'x 1.5 h1_4', 4, A, 'updated', `${left('1.5-h1_3')} 1.5-h1_4 `],
  ['a higher build number alone', 'x 1.5 h1_3', 4, A, 'updated', `${left('')}  `],
  ['another build', 'x 1.5 h2_3', 3, A, 'revised', `${left('1.5-h1_3')} 1.5-h2_3 `],
  ['a lower build number', 'x 1.5 h1_2', 2, A, 'revised', `${left('1.5-h1_3')} 1.5-h1_2 `],
  ['a lower version', 'x 1.4 h1_3', 3, A, 'downgraded', `${left('1.5-h1_3')} 1.4-h1_3 `],
  ['a lower version elsewhere', 'x 1.4 h1_3', 3, B, 'superseded', `${left('a::x-1.5-h1_3')} b::x-1.4-h1_3 `],
  ['a higher version elsewhere', 'x 1.6 h1_3', 3, B, 'updated', `${left('a::x-1.5-h1_3')} b::x-1.6-h1_3 `],
  ['the same elsewhere', 'x 1.5 h1_3', 3, B, 'superseded', `${left('a')} b `],
  [
    'another subdir',
    'x 1.6 h1_3',
    3,
    { ...A, subdir: 'noarch' },
    'updated',
    `${left('a/linux-64::x-1.5-h1_3')} a/noarch::x-1.6-h1_3 `,
  ],
  ['the same', 'x 1.5 h1_3', 3, A, '', ''],
])('%s', (_, text, build_number, place, category, row) => {
  expect(shown(before, record(text, { build_number, ...place }))).toEqual([category, row]);
});

test('members of defaults are named', () => {
  const main = { channel: 'https://repo.anaconda.com/pkgs/main', schannel: 'defaults' };
  const r = { channel: 'https://repo.anaconda.com/pkgs/r', schannel: 'defaults' };
  expect(shown(undefined, record('x 1.0', main))[1]).toBe(
    '  x                  pkgs/main/linux-64::x-1.0-0 ',
  );
  expect(shown(record('x 2.0', r), record('x 1.0', main))).toEqual([
    'superseded',
    `${left('pkgs/r::x-2.0-0')} pkgs/main::x-1.0-0 `,
  ]);
});

test('what is downloaded stands by name, with as much room as it takes', () => {
  const fetch = [
    record('zlib 1.3 h0_0', { size: 2560, ...A }),
    record(`${'p'.repeat(22)} 1.0.0 ${'b'.repeat(18)}`, { size: 1_310_720, schannel: 'https://host/x' }),
  ];
  const transaction = { prefix: '/p', unchanged: [], operations: [] };
  const lines = formatPlan({ transaction, added: [], removed: [], fetch, showChannelUrls: undefined });
  expect(lines.slice(10, -2)).toEqual([
    '    pppppppppppppppppppppp-1.0.0|bbbbbbbbbbbbbbbbbb         1.2 MB  https://host/x',
    '    zlib-1.3                   |             h0_0           2 KB  a',
    `    ${'-'.repeat(60)}`,
    '                                           Total:         1.3 MB',
  ]);
});
