import { describe, expect, test } from 'vitest';

import { installedPkg, pkg } from '../helpers/pkg.ts';
import { solveNames } from '../helpers/solve.ts';

const NUMPY = [
  pkg('numpy 1.8 py27_0'),
  pkg('numpy 1.7 py27_0'),
  pkg('numpy 1.7 py27_p0', { features: 'mkl', depends: ['mkl-rt'] }),
];
const CHANNEL = [
  ...NUMPY,
  pkg('mkl-rt 11.0', { features: 'mkl' }),
  pkg('mkl 11.0', { track_features: ['mkl'], depends: ['numpy'] }),
  pkg('tool 1.0', { depends: ['numpy'] }),
];
const WORLD = { channels: [CHANNEL] };

describe('a legacy feature', () => {
  test('makes no difference where nothing turns it on', async () => {
    expect(await solveNames(WORLD, ['install numpy'])).toEqual(['numpy-1.8-py27_0']);
  });

  test('is turned on by a package that tracks it, and then comes before the version', async () => {
    expect(await solveNames(WORLD, ['install mkl'])).toEqual([
      'mkl-11.0-0',
      'mkl-rt-11.0-0',
      'numpy-1.7-py27_p0',
    ]);
  });

  test('comes after the version of what is asked for by name', async () => {
    expect(await solveNames(WORLD, ['install mkl', 'install numpy'])).toEqual([
      'mkl-11.0-0',
      'numpy-1.8-py27_0',
    ]);
    expect(await solveNames(WORLD, ['install mkl', 'install numpy=1.7'])).toContain('numpy-1.7-py27_p0');
  });

  test('is asked for without a package', async () => {
    const jobs = ['install *[track_features=mkl]', 'install tool'];
    expect(await solveNames(WORLD, jobs)).toEqual(['mkl-rt-11.0-0', 'numpy-1.7-py27_p0', 'tool-1.0-0']);
  });

  test('that nothing is made for is met by a package that tracks it', async () => {
    const world = { channels: [[pkg('blas 1.0', { track_features: ['nomkl'] })]] };
    expect(await solveNames(world, ['install *[track_features=nomkl]'])).toEqual(['blas-1.0-0']);
  });

  test('is on as long as a package that tracks it is installed', async () => {
    const installed = [installedPkg('mkl 11.0', { track_features: ['mkl'] })];
    expect(await solveNames({ ...WORLD, installed }, ['install tool'])).toContain('numpy-1.7-py27_p0');
  });

  test('that is off decides last', async () => {
    const builds = [
      pkg('a 1.0 x_0', { features: 'debug', timestamp: 2 }),
      pkg('a 1.0 y_0', { timestamp: 2 }),
      pkg('b 1.0 x_0', { features: 'debug', timestamp: 2 }),
      pkg('b 1.0 y_0', { timestamp: 1 }),
    ];
    expect(await solveNames({ channels: [builds] }, ['install a', 'install b'])).toEqual([
      'a-1.0-y_0',
      'b-1.0-x_0',
    ]);
  });
});
