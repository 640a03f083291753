import { describe, expect, test } from 'vitest';

import type { RepoDataRecord } from '../../src/model/package-record.ts';
import { installed, pkg } from '../helpers/pkg.ts';
import { solveNames } from '../helpers/solve.ts';

/** The order of candidates is conda's; each step decides only where those before it do not. */
describe('of two candidates', () => {
  test.each<[string, string, readonly RepoDataRecord[]]>([
    ['the higher version', 'a-1.10-0', [pkg('a 1.9 5'), pkg('a 1.10 0')]],
    ['a release over its pre-release', 'a-1.0-0', [pkg('a 1.0rc1 0'), pkg('a 1.0 0')]],
    [
      'fewer track features, whatever the version',
      'a-1.0-0',
      [pkg('a 2.0 0', { track_features: ['x'] }), pkg('a 1.0 0')],
    ],
    ['the higher build number', 'a-1.0-x_10', [pkg('a 1.0 z_9'), pkg('a 1.0 x_10')]],
    [
      'build number before timestamp',
      'a-1.0-x_1',
      [pkg('a 1.0 x_1', { timestamp: 1 }), pkg('a 1.0 y_0', { timestamp: 2 })],
    ],
    [
      'the later timestamp, not the higher build string',
      'a-1.0-a_0',
      [pkg('a 1.0 a_0', { timestamp: 2 }), pkg('a 1.0 z_0', { timestamp: 1 })],
    ],
  ])('%s', async (_title, expected, records) => {
    expect(await solveNames({ channels: [records] }, ['install a'])).toEqual([expected]);
  });

  test('the one that lets its dependency be newer, before the timestamp', async () => {
    const world = {
      channels: [
        [
          pkg('a 1.0 py311_0', { depends: ['python 3.11.*'], timestamp: 2 }),
          pkg('a 1.0 py312_0', { depends: ['python 3.12.*'], timestamp: 1 }),
          pkg('python 3.11.9'),
          pkg('python 3.12.4'),
        ],
      ],
    };
    expect(await solveNames(world, ['install a'])).toEqual(['a-1.0-py312_0', 'python-3.12.4-0']);
  });

  test('not the one whose dependency only builds with track features meet', async () => {
    const world = {
      channels: [
        [
          pkg('a 1.0 x_0', { depends: ['blas * mkl'], timestamp: 2 }),
          pkg('a 1.0 y_0', { depends: ['blas * openblas'], timestamp: 1 }),
          pkg('blas 2.0 mkl', { track_features: ['mkl'] }),
          pkg('blas 1.0 openblas'),
        ],
      ],
    };
    expect(await solveNames(world, ['install a'])).toEqual(['a-1.0-y_0', 'blas-1.0-openblas']);
  });

  test('the .conda of an archive that is there as .tar.bz2, too', async () => {
    const records = [
      pkg('a 1.0 0', { fn: 'a-1.0-0.tar.bz2', timestamp: 2 }),
      pkg('a 1.0 0', { fn: 'a-1.0-0.conda', timestamp: 1, depends: ['b'] }),
      pkg('b 1.0 0'),
    ];
    expect(await solveNames({ channels: [records] }, ['install a'])).toEqual(['a-1.0-0', 'b-1.0-0']);
  });
});

describe('of two channels', () => {
  const high = (text: string): RepoDataRecord => pkg(text, { channel: 'https://conda.example/high' });
  const low = (text: string): RepoDataRecord => pkg(text, { channel: 'https://conda.example/low' });
  const channels = [[high('a 1.0 0')], [low('a 2.0 0')]];

  test.each([
    ['flexible', 'install a', ['a-1.0-0']],
    ['flexible', 'install a >=2', ['a-2.0-0']],
    ['flexible', 'install low::a', ['a-2.0-0']],
    ['strict', 'install a', ['a-1.0-0']],
    ['strict', 'install low::a', ['a-2.0-0']],
    ['disabled', 'install a', ['a-2.0-0']],
    ['disabled', 'install high::a', ['a-1.0-0']],
  ] as const)('%s: %s', async (channelPriority, text, expected) => {
    expect(await solveNames({ channels }, [text], { channelPriority })).toEqual(expected);
  });

  test.each([
    ['flexible', 'update a', ['a-1.0-0']],
    ['flexible', 'install a >=2', ['a-2.0-0']],
    ['strict', 'update a', ['a-1.0-0']],
    ['disabled', 'update a', ['a-2.0-0']],
  ] as const)(
    '%s: %s, where that of the preferred channel is installed',
    async (priority, text, expected) => {
      const world = { channels, installed: [installed(high('a 1.0 0'))] };
      const fields = { channelPriority: priority, allowDowngrade: false };
      expect(await solveNames(world, [text], fields)).toEqual(expected);
    },
  );

  test('strict: what a lower channel has of the name does not exist', async () => {
    expect(await solveNames({ channels }, ['install a >=2'], { channelPriority: 'strict' })).toEqual([
      "a >=2 can't be installed: it is in low, which is not looked at: channel priority is strict and high has a, too",
    ]);
  });

  test('disabled: the order decides between equal versions', async () => {
    const equal = [[high('a 1.0 x_0')], [low('a 1.0 y_9')]];
    expect(await solveNames({ channels: equal }, ['install a'], { channelPriority: 'disabled' })).toEqual([
      'a-1.0-x_0',
    ]);
  });
});
