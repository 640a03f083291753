import { describe, expect, test } from 'vitest';

import { parseMatchSpec } from '../../src/model/match-spec-text.ts';
import { installedPkg, pkg, virtualPkg } from '../helpers/pkg.ts';
import { job, requestOf, solveNames, solveWorld } from '../helpers/solve.ts';

const AVAILABLE = [
  pkg('app 1.0', { depends: ['lib 1.*'] }),
  pkg('app 2.0', { depends: ['lib 2.*'] }),
  pkg('lib 1.0'),
  pkg('lib 1.1'),
  pkg('lib 2.0'),
  pkg('tool 1.0'),
];
const INSTALLED = [installedPkg('app 1.0', { depends: ['lib 1.*'] }), installedPkg('lib 1.0')];
const WORLD = { channels: [AVAILABLE], installed: INSTALLED };

describe('an environment that has app 1.0 and lib 1.0', () => {
  test.each([
    ['stays as it is', [], ['app-1.0-0', 'lib-1.0-0']],
    ['keeps what satisfies a request', ['install app'], ['app-1.0-0', 'lib-1.0-0']],
    ['gets what is asked for', ['install tool'], ['app-1.0-0', 'lib-1.0-0', 'tool-1.0-0']],
    ['changes for a request', ['install app >=2'], ['app-2.0-0', 'lib-2.0-0']],
    ['is updated', ['update app'], ['app-2.0-0', 'lib-2.0-0']],
    ['is updated as far as dependents allow', ['update lib', 'freeze app'], ['app-1.0-0', 'lib-1.1-0']],
    ['is updated as a whole', ['update --all'], ['app-2.0-0', 'lib-2.0-0']],
    ['is updated within pins', ['update --all', 'pin lib 1.*'], ['app-1.0-0', 'lib-1.1-0']],
    [
      'installs what is to be updated and is not there',
      ['update tool'],
      ['app-1.0-0', 'lib-1.0-0', 'tool-1.0-0'],
    ],
    ['loses what is removed', ['remove app'], ['lib-1.0-0']],
    ['loses what depends on what is removed', ['remove lib'], []],
  ])('%s', async (_title, jobs, expected) => {
    expect(await solveNames(WORLD, jobs)).toEqual(expected);
  });

  test('loses orphans with what is removed, but nothing that was asked for', async () => {
    const fields = { command: 'remove', pruneOrphans: true } as const;
    expect(await solveNames(WORLD, ['remove app'], fields)).toEqual([]);
    expect(await solveNames(WORLD, ['remove app', 'keep lib'], fields)).toEqual(['lib-1.0-0']);
  });

  test('is not downgraded unless that is allowed', async () => {
    const world = { channels: [[pkg('a 1.0')]], installed: [installedPkg('a 2.0')] };
    expect(await solveNames(world, ['update a'], { allowDowngrade: false })).toEqual(['a-2.0-0']);
  });

  test('changes only what is named under noDeps', async () => {
    expect(await solveNames(WORLD, ['install app >=2'], { noDeps: true })).toEqual([
      'app-2.0-0',
      'lib-1.0-0',
    ]);
  });

  test('changes only what is needed under onlyDeps', async () => {
    expect(await solveNames(WORLD, ['install app >=2'], { onlyDeps: true })).toEqual([
      'app-1.0-0',
      'lib-2.0-0',
    ]);
  });

  test('has its dependencies brought up to date under updateDeps', async () => {
    const world = { channels: [AVAILABLE], installed: INSTALLED };
    expect(await solveNames(world, ['install app=1.0'], { updateDeps: true })).toEqual([
      'app-1.0-0',
      'lib-1.1-0',
    ]);
  });

  test('loses what no job needs when it is pruned', async () => {
    const world = { ...WORLD, installed: [...INSTALLED, installedPkg('tool 1.0')] };
    expect(await solveNames(world, ['keep app'], { prune: true })).toEqual(['app-1.0-0', 'lib-1.0-0']);
  });

  test('gives up a job that has a fallback, and only that', async () => {
    const firm = { ...job('freeze app'), fallback: [] };
    expect(await solveNames(WORLD, ['install lib >=2', firm])).toEqual(['app-2.0-0', 'lib-2.0-0']);
    expect(await solveNames(WORLD, ['install lib >=2', 'freeze app'])).toContain(
      '└─ app 1.0 is installed and must stay',
    );
  });

  test('gets what it lacks when it is repaired, and else stays as it is', async () => {
    const world = {
      channels: [[pkg('lib 1.0'), pkg('tool 1.0')]],
      installed: [installedPkg('app 1.0', { depends: ['lib'] })],
    };
    expect(await solveNames(world, ['repair app'])).toEqual(['app-1.0-0', 'lib-1.0-0']);
    expect(await solveNames(world, ['install tool'])).toEqual(['app-1.0-0', 'tool-1.0-0']);
  });

  test('gets back the records that stay, as they are installed', async () => {
    const answer = await solveWorld(requestOf(['install tool']), WORLD);
    expect(answer.kind === 'solved' && answer.records.slice(0, 2)).toEqual(INSTALLED);
  });
});

describe('constrains', () => {
  const world = {
    channels: [[pkg('a 1.0', { constrains: ['b >=2', 'c'] }), pkg('b 1.0'), pkg('b 2.0'), pkg('c 1.0')]],
  };
  test('does not bring a package in', async () => {
    expect(await solveNames(world, ['install a'])).toEqual(['a-1.0-0']);
  });
  test('decides which version may come with it', async () => {
    expect(await solveNames(world, ['install a', 'install b'])).toEqual(['a-1.0-0', 'b-2.0-0']);
    expect(await solveNames(world, ['install a', 'install b <2'])).toContain(
      '   └─ b 1.0 conflicts with a 1.0, which allows only b >=2',
    );
  });
  test('of a bare name forbids nothing', async () => {
    expect(await solveNames(world, ['install a', 'install c'])).toEqual(['a-1.0-0', 'c-1.0-0']);
  });
  test('speaks of virtual packages, too', async () => {
    const cuda = { channels: [[pkg('a 1.0', { constrains: ['__cuda >=12'] })]] };
    expect(await solveNames(cuda, ['install a'])).toEqual(['a-1.0-0']);
    expect(await solveNames({ ...cuda, virtual: [virtualPkg('__cuda 12.4')] }, ['install a'])).toEqual([
      'a-1.0-0',
    ]);
    expect(await solveNames({ ...cuda, virtual: [virtualPkg('__cuda 11.8')] }, ['install a'])).toContain(
      "   └─ a 1.0 allows only __cuda >=12, not this system's __cuda 11.8",
    );
  });
});

test('a virtual package satisfies a dependency and is no part of the answer', async () => {
  const world = {
    channels: [[pkg('a 1.0', { depends: ['__glibc >=2.17'] })]],
    virtual: [virtualPkg('__glibc 2.36')],
  };
  expect(await solveNames(world, ['install a'])).toEqual(['a-1.0-0']);
});

test('the archive that is installed is not offered again by a channel', async () => {
  const world = { channels: [[pkg('a 1.0', { depends: ['gone'] })]], installed: [installedPkg('a 1.0')] };
  const answer = await solveWorld(requestOf(['install a']), world);
  expect(answer.kind === 'solved' && answer.records).toEqual(world.installed);
});

test('a record with a dependency that can not be read is left out, and that is said', async () => {
  const world = { channels: [[pkg('a 1.0'), pkg('a 2.0', { depends: ['b >=1,,<2 ['] })]] };
  const answer = await solveWorld(requestOf(['install a']), world);
  expect(answer.kind === 'solved' && answer.records.map((record) => record.version)).toEqual(['1.0']);
  expect(answer.warnings).toEqual([expect.stringContaining('main/linux-64::a-2.0-0 is left out: ')]);
});

test.each([
  ['highest', ['a-2.0-0', 'b-2.0-0']],
  ['lowest', ['a-1.0-0', 'b-1.0-0']],
  ['lowest-direct', ['a-1.0-0', 'b-2.0-0']],
] as const)('%s versions', async (resolution, expected) => {
  const channels = [
    [pkg('a 1.0', { depends: ['b'] }), pkg('a 2.0', { depends: ['b'] }), pkg('b 1.0'), pkg('b 2.0')],
  ];
  expect(await solveNames({ channels }, ['install a'], { resolution })).toEqual(expected);
});

test('records that came too late are not considered', async () => {
  const channels = [[pkg('a 1.0', { timestamp: 10 }), pkg('a 2.0', { timestamp: 20 }), pkg('a 3.0')]];
  const excludeNewer = { cutoff: 15 };
  expect(await solveNames({ channels }, ['install a'], { excludeNewer })).toEqual(['a-1.0-0']);
  expect(await solveNames({ channels }, ['install a >=2'], { excludeNewer })).toEqual([
    "a >=2 can't be installed: it is newer than is allowed",
  ]);
});

test('a name that nothing has is not found, and what is like it is suggested', async () => {
  const world = { channels: [[pkg('numpy'), pkg('numba'), pkg('python-dateutil'), pkg('scikit-learn')]] };
  const suggest = async (name: string): Promise<unknown> => {
    const answer = await solveWorld(requestOf([{ kind: 'install', spec: parseMatchSpec(name) }]), world);
    return answer.kind === 'unsolvable' && answer.notFound.map((each) => each.suggestions);
  };
  expect(await suggest('nunpy')).toEqual([['numpy']]);
  expect(await suggest('nump')).toEqual([['numpy', 'numba']]);
  expect(await suggest('scikit_learn')).toEqual([['scikit-learn']]);
  expect(await suggest('dateutil')).toEqual([['python-dateutil']]);
  expect(await suggest('qqqqqq')).toEqual([[]]);
});
