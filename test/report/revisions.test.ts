import { expect, test } from 'vitest';

import { formatRevisions, revisionsToJson } from '../../src/report/revisions.ts';

const entry = (unlinked: readonly string[], linked: readonly string[]) => ({
  time: '2026-11-22 14:56:52',
  unlinked,
  linked,
});

test('changes come first, then what left, then what came, each by name', () => {
  const change = entry(
    ['mini/linux-64::zlib-1.2.13-h2_4', 'mini/noarch::old-1.0-0', 'mini/linux-64::a-b-1.0-0'],
    ['mini/linux-64::zlib-1.3.1-h3_0', 'mini/noarch::new-2.0-0', 'other/linux-64::a-b-1.0-0'],
  );
  expect(
    formatRevisions([
      { number: 0, entry: entry([], []) },
      { number: 1, entry: change },
    ]),
  ).toEqual([
    '2026-11-22 14:56:52  (rev 0)',
    '',
    '2026-11-22 14:56:52  (rev 1)',
    '     a-b  {1.0 (mini/linux-64) -> 1.0 (other/linux-64)}',
    '     zlib  {1.2.13 (mini/linux-64) -> 1.3.1 (mini/linux-64)}',
    '    -old-1.0 (mini/noarch)',
    '    +new-2.0 (mini/noarch)',
    '',
  ]);
  expect(revisionsToJson([{ number: 1, entry: change }])).toEqual([
    {
      date: '2026-11-22 14:56:52',
      rev: 1,
      install: ['new-2.0-0-mini/noarch'],
      remove: ['old-1.0-0-mini/noarch'],
      upgrade: [
        { old: 'a-b-1.0-0-mini/linux-64', new: 'a-b-1.0-0-other/linux-64' },
        { old: 'zlib-1.2.13-h2_4-mini/linux-64', new: 'zlib-1.3.1-h3_0-mini/linux-64' },
      ],
      downgrade: [],
    },
  ]);
});

test.each([
  ['defaults::zlib-1.3-0', '    +zlib-1.3', 'zlib-1.3-0-defaults'],
  ['zlib-1.3-0.tar.bz2', '    +zlib-1.3 (<unknown>)', 'zlib-1.3-0-<unknown>'],
  [
    'file:///c/mini/noarch::Zlib-1.3-0',
    '    +zlib-1.3 (file:///c/mini/noarch)',
    'zlib-1.3-0-file:///c/mini/noarch',
  ],
])('%s', (dist, line, json) => {
  const revision = { number: 0, entry: entry([], [dist]) };
  expect(formatRevisions([revision])[1]).toBe(line);
  expect(revisionsToJson([revision])[0]?.['install']).toEqual([json]);
});

test.each([
  ['0.9-0', '0.10-0', 'upgrade'],
  ['1.0-h1_0', '1.0-h2_0', 'upgrade'],
  ['1.0-h2_0', '1.0-h1_0', 'downgrade'],
  ['2.0-0', '2.0rc1-0', 'downgrade'],
])('%s to %s is an %s', (old, now, kind) => {
  const [json] = revisionsToJson([
    { number: 0, entry: entry([`c/noarch::x-${old}`], [`c/noarch::x-${now}`]) },
  ]);
  expect(json?.[kind]).toHaveLength(1);
});
