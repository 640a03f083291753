import { describe, expect, test } from 'vitest';

import { sortByDependencies, sortByPrecedence } from '../../src/model/dependency-order.ts';
import type { RepoDataRecord } from '../../src/model/package-record.ts';
import type { PrefixData, PrefixRecord } from '../../src/model/prefix-record.ts';
import { isEmpty, planTransaction } from '../../src/plan/index.ts';
import { makeRecord } from '../helpers/extracted-package.ts';

function installed(record: RepoDataRecord): PrefixRecord {
  return { ...record, files: [], paths_data: { paths_version: 1, paths: [] }, requested_specs: [] };
}

function prefixOf(records: readonly RepoDataRecord[]): PrefixData {
  return { prefix: '/p', exists: true, records: records.map(installed), history: new Map(), pinned: [] };
}

/** `-a-1-0 +a-2-0` */
function lines(
  before: readonly RepoDataRecord[],
  after: readonly RepoDataRecord[],
  reinstall?: string[],
): string[] {
  const options = reinstall === undefined ? {} : { reinstall: new Set(reinstall) };
  return planTransaction(prefixOf(before), after, options).operations.map((operation) => {
    const remove = 'remove' in operation ? `-${operation.remove.name} ${operation.remove.version}` : '';
    const install = 'install' in operation ? `+${operation.install.name} ${operation.install.version}` : '';
    return `${operation.kind}: ${[remove, install].filter((part) => part !== '').join(' ')}`;
  });
}

describe('planTransaction', () => {
  test('unlinks dependents first, and links what they need first', () => {
    const a = makeRecord('a 1', { depends: ['b >=1'] });
    const b = makeRecord('b 1', { depends: ['c'] });
    const c = makeRecord('c 1');
    expect(lines([c, a, b], [])).toEqual(['unlink: -a 1', 'unlink: -b 1', 'unlink: -c 1']);
    expect(lines([], [a, b, c])).toEqual(['link: +c 1', 'link: +b 1', 'link: +a 1']);
    expect(lines([c], [makeRecord('c 2'), b])).toEqual(['change: -c 1 +c 2', 'link: +b 1']);
  });

  test('leaves alone what is the same package, wherever it comes from', () => {
    const sha256 = 'a'.repeat(64) as NonNullable<RepoDataRecord['sha256']>;
    const here = makeRecord('a 1', { sha256, channel: 'https://one', schannel: 'one' });
    expect(
      isEmpty(planTransaction(prefixOf([here]), [{ ...here, channel: 'https://two', schannel: 'two' }])),
    ).toBe(true);
    expect(
      isEmpty(
        planTransaction(prefixOf([here]), [
          { ...here, fn: 'a-1-0.tar.bz2', sha256: 'b'.repeat(64) as typeof sha256 },
        ]),
      ),
    ).toBe(true);
    const rebuilt = { ...here, sha256: 'b'.repeat(64) as typeof sha256 };
    expect(lines([here], [rebuilt])).toEqual(['change: -a 1 +a 1']);
    const { sha256: _, ...bare } = makeRecord('a 1');
    expect(lines([bare], [{ ...bare, channel: 'https://two', schannel: 'two' }])).toEqual([
      'change: -a 1 +a 1',
    ]);
    expect(lines([here], [here], ['a'])).toEqual(['relink: -a 1 +a 1']);
  });

  test('links python code again when python changes its place, and only then', () => {
    const code = makeRecord('code 1', { noarch: 'python', depends: ['python'] });
    const generic = makeRecord('data 1', { noarch: 'generic' });
    const from = makeRecord('python 3.11.2');
    expect(lines([from, code, generic], [makeRecord('python 3.12.0'), code, generic])).toEqual([
      'change: -python 3.11.2 +python 3.12.0',
      'relink: -code 1 +code 1',
    ]);
    expect(lines([from, code], [makeRecord('python 3.11.9'), code])).toEqual([
      'change: -python 3.11.2 +python 3.11.9',
    ]);
    const free = makeRecord('python 3.11.2 1_cp311t', {
      python_site_packages_path: 'lib/python3.11t/site-packages',
    });
    expect(lines([from, code], [free, code])).toHaveLength(2);
  });
});

describe('the order of linking', () => {
  const names = (records: readonly RepoDataRecord[]): string => records.map(({ name }) => name).join(' ');
  const make = (name: string, ...depends: string[]): RepoDataRecord => makeRecord(`${name} 1`, { depends });

  test.each<[string, RepoDataRecord[], string]>([
    [
      'those without edges first, then level by level',
      [make('z'), make('b', 'a'), make('a'), make('y')],
      'y z a b',
    ],
    ['no edge from python to pip', [make('python', 'pip'), make('pip', 'python >=3')], 'python pip'],
    [
      'a cycle at what needs least',
      [make('a', 'b', 'c'), make('b', 'a'), make('c', 'a', 'd'), make('d')],
      'd b a c',
    ],
    ['itself is no edge', [make('a', 'a'), make('b', 'a')], 'a b'],
    [
      'python code after menuinst',
      [make('python'), make('menuinst', 'python'), make('app', 'python')],
      'python menuinst app',
    ],
    ['a channel before the name', [make('a', 'conda-forge::b[version=">=1"]'), make('b')], 'b a'],
  ])('%s', (_, records, order) => {
    expect(names(sortByDependencies(records))).toBe(order);
    expect(names(sortByDependencies(records.toReversed()))).toBe(order);
  });

  test('a dependent has precedence over what it needs; else the name decides', () => {
    expect(names(sortByPrecedence([make('c'), make('b'), make('a', 'c')]))).toBe('a b c');
    expect(names(sortByPrecedence([make('n1', 'n3'), make('n2', 'n1'), make('n3')]))).toBe('n2 n1 n3');
  });
});
