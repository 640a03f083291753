import { describe, expect, test } from 'vitest';

import {
  formatHistoryEntry,
  formatHistoryTime,
  parseHistory,
  parseRevisions,
  requestedSpecs,
} from '../../src/record/history.ts';
import { formatPythonList } from '../../src/model/python-text.ts';
import { parsePythonList } from '../../src/record/python-literal.ts';

const TEXT = `==> 2026-01-31 12:00:00 <==
# cmd: /opt/conda/bin/conda create -n e aa bb=1
# conda version: 26.7.1
+chan/linux-64::aa-1.0-0
+chan/noarch::bb-1.0-0
# update specs: ['aa', "bb[version='1.*']"]
==> 2026-01-31 12:05:00 <==
# cmd: conda install aa=2
# conda version: 26.7.1
-chan/linux-64::aa-1.0-0
+chan/linux-64::aa-2.0-0
# update specs: ['aa=2']
# neutered specs: ['bb==1.0']
==> 2026-01-31 12:06:00 <==
# cmd: conda remove bb
# conda version: 26.7.1
-chan/noarch::bb-1.0-0
# remove specs: ['bb']
`;

describe('the history', () => {
  test('is written as it was read', () => {
    expect(parseHistory(TEXT).map(formatHistoryEntry).join('')).toBe(TEXT);
  });

  test('tells the state after each entry', () => {
    expect(parseRevisions(TEXT).map(({ state }) => state)).toEqual([
      ['chan/linux-64::aa-1.0-0', 'chan/noarch::bb-1.0-0'],
      ['chan/linux-64::aa-2.0-0', 'chan/noarch::bb-1.0-0'],
      ['chan/linux-64::aa-2.0-0'],
    ]);
  });

  test('tells what was asked for and not taken back', () => {
    const entries = parseHistory(TEXT);
    expect([...requestedSpecs(entries.slice(0, 2))]).toEqual([
      ['aa', 'aa=2'],
      ['bb', 'bb==1.0'],
    ]);
    expect([...requestedSpecs(entries)]).toEqual([['aa', 'aa=2']]);
  });

  test('counts only entries with a command, and takes full states and old lists', () => {
    const text = `==> 2015-01-01 00:00:00 <==
chan::aa-1-0
bb-2-0
==> 2015-01-02 00:00:00 <==
# cmd: conda install
# install specs: aa,bb >=1
==> 2015-01-03 00:00:00 <==
# update specs: ['cc']
`;
    expect(parseRevisions(text)[0]?.state).toEqual(['bb-2-0', 'chan::aa-1-0']);
    expect([...requestedSpecs(parseHistory(text))]).toEqual([
      ['aa', 'aa'],
      ['bb', 'bb >=1'],
    ]);
  });

  test('a command of two lines does not begin another entry', () => {
    const entry = {
      time: formatHistoryTime(new Date(2026, 0, 2, 3, 4, 5)),
      command: 'tconda create x\n==> 2026-01-01 00:00:00 <==',
      tool: 'tconda version: 1',
      unlinked: [],
      linked: ['b::b-1-0', 'a::a-1-0'],
      sources: new Map([['a::a-1-0', 'https://example.test/a/noarch/a-1-0.conda#sha256:ab']]),
      updateSpecs: ["it's"],
      removeSpecs: [],
      neuteredSpecs: [],
    };
    const text = formatHistoryEntry(entry);
    expect(text).toBe(
      '==> 2026-01-02 03:04:05 <==\n# cmd: tconda create x ==> 2026-01-01 00:00:00 <==\n' +
        '# tconda version: 1\n+a::a-1-0\n+b::b-1-0\n' +
        '# package: a::a-1-0 https://example.test/a/noarch/a-1-0.conda#sha256:ab\n# update specs: ["it\'s"]\n',
    );
    expect(parseHistory(text)).toHaveLength(1);
    expect(parseHistory(text)[0]?.sources).toEqual(entry.sources);
  });
});

test.each([
  [[], '[]'],
  [['a', 'b'], "['a', 'b']"],
  [["a[version='1']"], '["a[version=\'1\']"]'],
  [['both \' and "'], `['both \\' and "']`],
  [['tab\t\\'], "['tab\\t\\\\']"],
  [['é', '\u0001'], "['é', '\\x01']"],
])('a list of texts in python: %j', (items, text) => {
  expect(formatPythonList(items)).toBe(text);
  expect(parsePythonList(text)).toEqual(items);
});
