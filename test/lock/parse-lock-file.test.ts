import { describe, expect, test } from 'vitest';

import { isLockFile, lockedArchives, parseLockFile } from '../../src/lock/index.ts';

const CONDA_LOCK = `version: 1
metadata:
  channels: [{ url: conda-forge, used_env_vars: [] }]
  platforms: [linux-64, osx-64]
package:
  - { name: a, version: "1.0", manager: conda, platform: linux-64, url: https://h/c/linux-64/a-1.0-0.conda, hash: { md5: m1, sha256: s1 } }
  - { name: b, version: 2, manager: conda, platform: linux-64, url: https://h/c/noarch/b-2-0.conda, hash: { md5: m2 }, category: dev }
  - { name: c, version: 3, manager: pip, platform: osx-64, url: https://h/c.whl, hash: { sha256: s3 } }
`;
const PIXI_LOCK = `version: 6
environments:
  default:
    channels: [{ url: https://h/c/ }]
    packages:
      linux-64:
        - conda: https://h/c/linux-64/a-1.0-0.conda
      osx-64:
        - conda: ./source
packages:
  - { conda: https://h/c/linux-64/a-1.0-0.conda, sha256: s1, md5: m1 }
  - { conda: ./source, name: source, version: 1 }
`;

describe('lockedArchives', () => {
  test('of conda-lock are those of a platform and its categories', async () => {
    const lock = await parseLockFile(CONDA_LOCK);
    expect(lockedArchives(lock, { subdir: 'linux-64' })).toEqual(['https://h/c/linux-64/a-1.0-0.conda#s1']);
    expect(lockedArchives(lock, { subdir: 'linux-64', categories: ['dev'] })).toEqual([
      'https://h/c/linux-64/a-1.0-0.conda#s1',
      'https://h/c/noarch/b-2-0.conda#m2',
    ]);
    expect(() => lockedArchives(lock, { subdir: 'win-64' })).toThrow('has no packages for win-64');
    expect(() => lockedArchives(lock, { subdir: 'osx-64' })).toThrow('no archives of conda: c');
  });

  test('of pixi are those of an environment', async () => {
    const lock = await parseLockFile(PIXI_LOCK);
    expect(lockedArchives(lock, { subdir: 'linux-64' })).toEqual(['https://h/c/linux-64/a-1.0-0.conda#s1']);
    expect(() => lockedArchives(lock, { subdir: 'linux-64', environment: 'x' })).toThrow('has no packages');
    expect(() => lockedArchives(lock, { subdir: 'osx-64' })).toThrow('no archives of conda: ./source');
  });
});

test.each([
  'version: 9\nenvironments: {}',
  'version: -1',
  'package: [{ name: a }]',
  'package: {}',
  '{ "lockVersion": "2.0.0" }',
  '{ "lockVersion": ',
  '- a',
])('%j is refused', async (text) => {
  await expect(parseLockFile(text)).rejects.toMatchObject({ code: 'LOCK_FILE_INVALID' });
});

test('a lock file is told from an environment file', () => {
  expect([CONDA_LOCK, PIXI_LOCK, '{\n  "lockVersion": "1.0.0" }'].map(isLockFile)).toEqual([
    true,
    true,
    true,
  ]);
  expect(isLockFile('name: a\nmetadata: x\ndependencies: [a]\n')).toBe(false);
});
