import { expect, test } from 'vitest';

import { parseMatchSpec } from '../../src/model/match-spec-text.ts';
import type { Job } from '../../src/model/request.ts';
import { explain, NUMPYS, OLD, PYTHONS } from '../helpers/conflict.ts';
import { installedPkg, pkg, virtualPkg } from '../helpers/pkg.ts';

test('two requests that want different pythons', async () => {
  const world = { channels: [[...PYTHONS, ...NUMPYS]] };
  expect(await explain(world, ['install numpy 1.21.*', 'install python >=3.11'])).toMatchInlineSnapshot(`
    "numpy 1.21.* and python >=3.11 can't be installed together:
    ├─ numpy 1.21.* is requested
    │  └─ numpy 1.21.0, 1.21.1 needs python >=3.10,<3.11 or >=3.9,<3.10
    └─ python >=3.11 is requested
       └─ python 3.11.8, 3.12.2 conflicts with python 3.9.18, 3.10.13

    These would work:
      - numpy 1.* in place of numpy 1.21.*: numpy 1.26.4, python 3.12.2
      - python in place of python >=3.11: numpy 1.21.1, python 3.10.13"
  `);
});

test('the python that is installed is too old', async () => {
  const world = { channels: [[...PYTHONS, ...NUMPYS]], installed: [installedPkg('python 3.10.13')] };
  const pin: Job = { kind: 'pin', spec: parseMatchSpec('python 3.10.*'), isImplied: true };
  expect(await explain(world, ['install numpy 1.26.*', pin])).toMatchInlineSnapshot(`
    "numpy 1.26.* can't be installed:
    ├─ python 3.10.* is installed and nobody asks for another
    └─ numpy 1.26.* is requested
       └─ numpy 1.26.3, 1.26.4 needs python >=3.12,<3.13 or >=3.11,<3.12
          └─ python 3.11.8, 3.12.2 conflicts with the installed python 3.10.*

    These would work:
      - numpy 1.* in place of numpy 1.26.*: numpy 1.21.1
      - python=3.11 in place of the installed python 3.10: numpy 1.26.3, python 3.11.8
      - python=3.12 in place of the installed python 3.10: numpy 1.26.4, python 3.12.2"
  `);
});

test('a pin of the user', async () => {
  const world = { channels: [[...PYTHONS, ...NUMPYS]] };
  expect(await explain(world, ['install numpy >=1.26.4', 'pin python 3.11.*'])).toMatchInlineSnapshot(`
    "numpy >=1.26.4 can't be installed:
    ├─ python 3.11.* is pinned
    └─ numpy >=1.26.4 is requested
       └─ numpy 1.26.4 needs python >=3.12,<3.13
          └─ python 3.12.2 conflicts with the pin python 3.11.*

    These would work:
      - numpy in place of numpy >=1.26.4: numpy 1.26.3
      - without the pin python 3.11.* (--no-pin): numpy 1.26.4"
  `);
});

test('a system that is too old for the newest release', async () => {
  const channels = [
    [
      pkg('node 18.20.0', { depends: ['__glibc >=2.17'] }),
      pkg('node 20.10.0', { depends: ['__glibc >=2.28'] }),
      pkg('node 22.1.0', { depends: ['__glibc >=2.28'] }),
    ],
  ];
  const virtual = [virtualPkg('__glibc 2.17')];
  expect(await explain({ channels, virtual }, ['install node >=20,<23'])).toMatchInlineSnapshot(`
    "node >=20,<23 can't be installed:
    └─ node >=20,<23 is requested
       └─ node 20.10.0, 22.1.0 needs __glibc >=2.28, but this system has __glibc 2.17

    This would work:
      - node <23 in place of node >=20,<23: node 18.20.0"
  `);
});

test('strict priority hides the version that is wanted', async () => {
  const old = ['1.0', '1.1', '2.0'].map((version) => pkg(`zlib ${version}`, { channel: OLD }));
  const world = { channels: [[pkg('zlib 1.3')], old] };
  const fields = { channelPriority: 'strict' as const };
  expect(await explain(world, ['install zlib >=2'], fields)).toMatchInlineSnapshot(`
    "The following packages are not available from current channels:

      - zlib >=2

    Current channels:


    zlib >=2 can't be installed: it is in old, which is not looked at: channel priority is strict and main has zlib, too

    These would work:
      - with --channel-priority flexible: zlib 2.0
      - zlib in place of zlib >=2: zlib 1.3"
  `);
});

test('what came too late for the cutoff', async () => {
  const channels = [[pkg('a 1.0', { timestamp: 1000 }), pkg('a 2.0', { timestamp: 3000 })]];
  const fields = { excludeNewer: { cutoff: 2000 } };
  expect(await explain({ channels }, ['install a 2.0'], fields)).toMatchInlineSnapshot(`
    "The following packages are not available from current channels:

      - a 2.0

    Current channels:


    a 2.0 can't be installed: it is newer than is allowed

    These would work:
      - a <2.0 in place of a 2.0: a 1.0
      - with --exclude-newer 0: a 2.0"
  `);
});

test('a dependency that no channel has', async () => {
  const channels = [
    [
      pkg('app 1.0'),
      pkg('app 2.0', { depends: ['lib >=2'] }),
      pkg('app 2.1', { depends: ['gone'] }),
      pkg('lib 1.0'),
    ],
  ];
  expect(await explain({ channels }, ['install app >=2'])).toMatchInlineSnapshot(`
    "app >=2 can't be installed:
    └─ app >=2 is requested
       ├─ app 2.1 needs gone, but no channel has it
       └─ app 2.0 needs lib >=2, but there is only lib 1.0

    This would work:
      - app in place of app >=2: app 1.0"
  `);
});

test('one package constrains another', async () => {
  const channels = [
    [
      pkg('cuda-toolkit 11.8', { constrains: ['driver >=11'] }),
      pkg('cuda-toolkit 12.4', { constrains: ['driver >=12'] }),
      pkg('driver 11.4'),
      pkg('tool 1.0', { depends: ['driver <12'] }),
    ],
  ];
  expect(await explain({ channels }, ['install cuda-toolkit 12.*', 'install tool'])).toMatchInlineSnapshot(`
    "cuda-toolkit 12.* and tool can't be installed together:
    ├─ cuda-toolkit 12.* is requested
    └─ tool is requested
       └─ tool 1.0 needs driver <12
          └─ driver 11.4 conflicts with cuda-toolkit 12.4, which allows only driver >=12

    These would work:
      - cuda-toolkit <12 in place of cuda-toolkit 12.*: cuda-toolkit 11.8, tool 1.0
      - without tool: cuda-toolkit 12.4"
  `);
});

test('two conflicts at once take two changes', async () => {
  const channels = [
    [
      ...['x', 'y'].flatMap((name) => [pkg(`${name} 1.0`), pkg(`${name} 2.0`)]),
      pkg('a 1.0', { depends: ['x 1.0'] }),
      pkg('a 2.0', { depends: ['x 2.0'] }),
      pkg('b 1.0', { depends: ['y 1.0'] }),
      pkg('b 2.0', { depends: ['y 2.0'] }),
    ],
  ];
  const jobs = ['install a 1.0', 'install x 2.0', 'install b 1.0', 'install y 2.0'];
  expect(await explain({ channels }, jobs)).toMatchInlineSnapshot(`
    "a 1.0 and x 2.0 can't be installed together:
    ├─ a 1.0 is requested
    │  └─ a 1.0 needs x 1.0
    └─ x 2.0 is requested
       └─ x 2.0 conflicts with x 1.0
    b 1.0 and y 2.0 can't be installed together:
    ├─ b 1.0 is requested
    │  └─ b 1.0 needs y 1.0
    └─ y 2.0 is requested
       └─ y 2.0 conflicts with y 1.0

    This would work:
      - x in place of x 2.0, y in place of y 2.0: a 1.0, b 1.0, x 1.0, y 1.0"
  `);
});

test('an installed package is held at its build', async () => {
  const lib = [pkg('lib 1.0'), pkg('lib 2.0')];
  const world = {
    channels: [[...lib, pkg('app 1.0', { depends: ['lib >=2'] })]],
    installed: [installedPkg('lib 1.0')],
  };
  expect(await explain(world, ['install app', 'freeze lib'])).toMatchInlineSnapshot(`
    "app can't be installed:
    ├─ app is requested
    │  └─ app 1.0 needs lib >=2
    └─ lib 1.0 is installed and must stay
       └─ lib 1.0 conflicts with lib 2.0

    This would work:
      - with another build of the installed lib: app 1.0"
  `);
});
