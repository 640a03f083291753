import { stripVTControlCharacters } from 'node:util';

import { expect, test } from 'vitest';

import type { PrefixRecord } from '../../src/model/prefix-record.ts';
import { formatEnvironmentTable } from '../../src/report/environment-table.ts';
import { formatHistory } from '../../src/report/history-lines.ts';
import { formatInfoTable } from '../../src/report/info-table.ts';
import { formatPackageTable } from '../../src/report/package-table.ts';
import { formatPlan } from '../../src/report/plan-table.ts';
import { formatSearchTable } from '../../src/report/search-table.ts';
import { makeStyle, type Style } from '../../src/report/style.ts';
import { record } from './records.ts';

const records = ['zlib 1.3 h0_0', 'a-package-with-a-very-long-name-indeed 2.0 0'].map((text) => record(text));
const installed = records.map((one) => one as PrefixRecord);
const [zlib = record('zlib'), long = record('long')] = records;
const entry = {
  prefix: '/envs/a',
  name: 'a',
  isActive: true,
  isBase: false,
  isFrozen: false,
  isWritable: true,
  created: undefined,
  lastModified: undefined,
};
const change = {
  time: '2026-01-01',
  command: 'x',
  unlinked: ['a'],
  linked: ['b'],
  updateSpecs: [],
  removeSpecs: [],
};

const TEXTS: readonly (readonly [string, (style: Style) => readonly string[]])[] = [
  [
    'list',
    (style) =>
      formatPackageTable(installed, {
        prefix: '/p',
        showChannelUrls: true,
        fields: undefined,
        sizeOf: () => 0,
        style,
      }),
  ],
  ['search', (style) => formatSearchTable(records, style)],
  ['info', (style) => formatInfoTable([['platform', 'linux-64']], style)],
  ['env list', (style) => formatEnvironmentTable([entry], style)],
  ['history', (style) => formatHistory([{ number: 1, entry: change }], style)],
  [
    'a plan',
    (style) =>
      formatPlan({
        transaction: {
          prefix: '/p',
          operations: [
            { kind: 'link', install: long },
            { kind: 'unlink', remove: zlib as PrefixRecord },
            { kind: 'change', remove: record('up 1.0 0') as PrefixRecord, install: record('up 2.0 0') },
            { kind: 'change', remove: record('down 2.0 0') as PrefixRecord, install: record('down 1.0 0') },
          ],
          unchanged: [],
        },
        added: [],
        removed: [],
        fetch: records,
        showChannelUrls: true,
        reasons: new Map([['up', 'requested']]),
        style,
      }),
  ],
];

test.each(TEXTS)('%s is the same with colours as without, and aligned', (_, format) => {
  const coloured = format(makeStyle(true));
  expect(coloured.join('\n')).toContain('\u001b[');
  expect(coloured.map(stripVTControlCharacters)).toEqual(format(makeStyle(false)));
  // No colour goes on into the next line.
  for (const line of coloured) {
    const codes = line
      .split('\u001b[')
      .slice(1)
      .map((rest) => rest.slice(0, rest.indexOf('m')));
    const ends = codes.filter((code) => code === '22' || code === '39');
    expect(ends).toHaveLength(codes.length / 2);
  }
});
