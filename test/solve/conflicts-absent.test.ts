import { expect, test } from 'vitest';

import { explain, NUMPYS, OLD, PYTHONS } from '../helpers/conflict.ts';
import { pkg } from '../helpers/pkg.ts';

test('the channel that is named has only another version', async () => {
  const old = ['1.0', '1.1'].map((version) => pkg(`zlib ${version}`, { channel: OLD, schannel: 'old' }));
  const world = { channels: [[pkg('zlib 2.0')], old] };
  expect(await explain(world, ['install old::zlib >=2'])).toMatchInlineSnapshot(`
    "The following packages are not available from current channels:

      - old::zlib >=2

    Current channels:


    old::zlib >=2 can't be installed: there is only zlib 2.0 of main

    This would work:
      - zlib >=2 in place of old::zlib >=2: zlib 2.0"
  `);
});

test('a build that no version has', async () => {
  expect(await explain({ channels: [[...PYTHONS, ...NUMPYS]] }, ['install numpy 1.26.* py39*']))
    .toMatchInlineSnapshot(`
    "The following packages are not available from current channels:

      - numpy 1.26.* py39*

    Current channels:


    numpy 1.26.* py39* can't be installed: numpy 1.26.3, 1.26.4 is only there as py311_0, py312_0

    This would work:
      - numpy 1.26.* in place of numpy 1.26.* py39*: numpy 1.26.4"
  `);
});

test('the platform that is named has only another version', async () => {
  const channels = [[pkg('zlib 1.3'), pkg('zlib 2.0', { subdir: 'noarch' })]];
  expect(await explain({ channels }, ['install main/linux-64::zlib >=2'])).toMatchInlineSnapshot(`
    "The following packages are not available from current channels:

      - main/linux-64::zlib >=2

    Current channels:


    main/linux-64::zlib >=2 can't be installed: there is only zlib 2.0 of main/noarch

    This would work:
      - zlib >=2 in place of main/linux-64::zlib >=2: zlib 2.0"
  `);
  expect(await explain({ channels }, ['install zlib[subdir=osx-64]'])).toMatchInlineSnapshot(`
    "The following packages are not available from current channels:

      - zlib[subdir=osx-64]

    Current channels:


    zlib[subdir=osx-64] can't be installed: there is only zlib 1.3, 2.0 for linux-64, noarch

    This would work:
      - zlib in place of zlib[subdir=osx-64]: zlib 2.0"
  `);
});

test('a build of a version that is not there', async () => {
  const spec = 'numpy 2.* py312*';
  expect(await explain({ channels: [[...PYTHONS, ...NUMPYS]] }, [`install ${spec}`])).toMatchInlineSnapshot(`
    "The following packages are not available from current channels:

      - numpy 2.* py312*

    Current channels:


    numpy 2.* py312* can't be installed: there is only numpy 1.21.0 to 1.26.4

    This would work:
      - numpy <2 in place of numpy 2.* py312*: numpy 1.26.4"
  `);
});

test('a name that is misspelt', async () => {
  expect(await explain({ channels: [[...NUMPYS, pkg('numpydoc 1.0')]] }, ['install nunpy']))
    .toMatchInlineSnapshot(`
      "The following packages are not available from current channels:

        - nunpy

      Current channels:


      Did you mean numpy?"
    `);
});
