import { expect, test } from 'vitest';

import { installedPkg, pkg, virtualPkg } from '../helpers/pkg.ts';
import { solveNames, type World } from '../helpers/solve.ts';

async function explain(world: World, ...jobs: readonly string[]): Promise<string> {
  return (await solveNames(world, jobs)).join('\n');
}

const PYTHONS = ['3.9.18', '3.10.13', '3.11.8', '3.12.2'].map((version) => pkg(`python ${version}`));
const NUMPYS = [
  pkg('numpy 1.21.0 py39_0', { depends: ['python >=3.9,<3.10'] }),
  pkg('numpy 1.21.1 py39_0', { depends: ['python >=3.9,<3.10'] }),
  pkg('numpy 1.21.2 py310_0', { depends: ['python >=3.10,<3.11'] }),
  pkg('numpy 1.26.4 py312_0', { depends: ['python >=3.12,<3.13'] }),
];

test('requests that clash over what they need, merged over versions', async () => {
  expect(
    await explain({ channels: [[...PYTHONS, ...NUMPYS]] }, 'install numpy 1.21.*', 'install python >=3.11'),
  ).toMatchInlineSnapshot(`
    "numpy 1.21.* and python >=3.11 can't be installed together:
    ├─ numpy 1.21.* is requested
    │  └─ numpy 1.21.0 to 1.21.2 needs python >=3.10,<3.11 or >=3.9,<3.10
    └─ python >=3.11 is requested
       └─ python 3.11.8, 3.12.2 conflicts with python 3.9.18, 3.10.13"
  `);
});

test('a version that is not there', async () => {
  expect(await explain({ channels: [NUMPYS] }, 'install numpy >=2')).toMatchInlineSnapshot(
    `"numpy >=2 can't be installed: there is only numpy 1.21.0 to 1.26.4"`,
  );
});

test('a build that is not there', async () => {
  expect(await explain({ channels: [NUMPYS] }, 'install numpy * py313*')).toMatchInlineSnapshot(
    `"numpy * py313* can't be installed: numpy 1.21.0 to 1.26.4 is only there as py39_0, py310_0, py312_0"`,
  );
});

test('a dependency that is not there', async () => {
  const channels = [[pkg('a 1.0', { depends: ['b'] }), pkg('b 1.0', { depends: ['c >=2'] }), pkg('c 1.0')]];
  expect(await explain({ channels }, 'install a')).toMatchInlineSnapshot(`
    "a can't be installed:
    └─ a is requested
       └─ a 1.0 needs b
          └─ b 1.0 needs c >=2, but there is only c 1.0"
  `);
});

test('a system that is too old', async () => {
  const channels = [[pkg('a 1.0', { depends: ['__glibc >=2.28'] }), pkg('b 1.0', { depends: ['__cuda'] })]];
  const virtual = [virtualPkg('__glibc 2.17')];
  expect(await explain({ channels, virtual }, 'install a')).toMatchInlineSnapshot(`
    "a can't be installed:
    └─ a is requested
       └─ a 1.0 needs __glibc >=2.28, but this system has __glibc 2.17"
  `);
  expect(await explain({ channels, virtual }, 'install b')).toMatchInlineSnapshot(`
    "b can't be installed:
    └─ b is requested
       └─ b 1.0 needs __cuda, but this system has no __cuda"
  `);
  expect(await explain({ channels, virtual }, 'install __cuda')).toMatchInlineSnapshot(
    `"__cuda can't be installed: this system has no __cuda"`,
  );
});

test('what a channel has revoked is spoken of only when it is asked for', async () => {
  const revoked = pkg('a 2.1', { depends: ['package_has_been_revoked'] });
  const channels = [[pkg('a 1.0'), pkg('a 2.0'), revoked]];
  expect(await explain({ channels }, 'install a >=2', 'install a <2')).toMatchInlineSnapshot(`
    "a >=2 and a <2 can't be installed together:
    ├─ a >=2 is requested
    └─ a <2 is requested
       └─ a 1.0 conflicts with a 2.0"
  `);
  expect(await explain({ channels }, 'install a 2.1')).toMatchInlineSnapshot(
    `"a 2.1 can't be installed: its channel has revoked it"`,
  );
});

test('a name with a star', async () => {
  const channels = [[pkg('ab 1.0'), pkg('ac 2.0')]];
  expect(await explain({ channels }, 'install a* 3')).toMatchInlineSnapshot(
    `"a* 3 can't be installed: nothing that is there is like that"`,
  );
});

test('a pin', async () => {
  expect(await explain({ channels: [[...PYTHONS, ...NUMPYS]] }, 'install numpy >=1.26', 'pin python 3.11.*'))
    .toMatchInlineSnapshot(`
    "numpy >=1.26 can't be installed:
    ├─ python 3.11.* is pinned
    └─ numpy >=1.26 is requested
       └─ numpy 1.26.4 needs python >=3.12,<3.13
          └─ python 3.12.2 conflicts with the pin python 3.11.*"
  `);
});

test('what is installed and must stay', async () => {
  const world = { channels: [[...PYTHONS, ...NUMPYS]], installed: [installedPkg('python 3.11.8')] };
  expect(await explain(world, 'install numpy', 'freeze python')).toMatchInlineSnapshot(`
    "numpy can't be installed:
    ├─ numpy is requested
    │  └─ numpy 1.21.0 to 1.26.4 needs python >=3.12,<3.13 or >=3.10,<3.11 or >=3.9,<3.10
    └─ python 3.11.8 is installed and must stay
       └─ python 3.11.8 conflicts with python 3.9.18, 3.10.13, 3.12.2"
  `);
});

test('what constrains', async () => {
  const channels = [[pkg('a 1.0', { constrains: ['b <2'] }), pkg('b 2.0'), pkg('b 2.1')]];
  expect(await explain({ channels }, 'install a', 'install b')).toMatchInlineSnapshot(`
    "a and b can't be installed together:
    ├─ a is requested
    └─ b is requested
       └─ b 2.0, 2.1 conflicts with a 1.0, which allows only b <2"
  `);
});
