import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createPackage, indexChannel } from '../../src/publish/index.ts';
import { type ChannelScene, digests, makeChannelScene, NOW, readIndex } from './channel-scene.ts';

let scene: ChannelScene;
let work: ChannelScene['work'];
let copyOf: ChannelScene['copyOf'];

beforeAll(async () => {
  scene = await makeChannelScene();
  ({ work, copyOf } = scene);
});
afterAll(() => scene.remove());

describe('patches of an index', () => {
  test('applies repodata patches, and can go back', async () => {
    const root = copyOf('patched');
    const patch = {
      patch_instructions_version: 2,
      packages: {
        'zlib-1.2-0.tar.bz2': { depends: ['libc'], sha256: 'f'.repeat(64), indexed_timestamp: 1 },
        'absent-1-0.tar.bz2': { depends: [] },
      },
      'packages.conda': { 'zlib-1.3-0.conda': { license: 'Zlib', run_exports: { strong: ['zlib 1.*'] } } },
      revoke: ['zlib-1.2-0.tar.bz2'],
      remove: ['curl-8.0-0.tar.bz2'],
    };
    await indexChannel(root, { now: NOW });
    const before = digests(root);
    const file = path.join(root, 'linux-64/patch_instructions.json');
    writeFileSync(file, JSON.stringify(patch));
    const [result] = await indexChannel(root, { now: NOW });
    expect(result).toMatchObject({ packages: 4, opened: 0, removed: ['curl-8.0-0.conda'] });
    const index = readIndex(root, 'linux-64/repodata.json');
    const plain = readIndex(root, 'linux-64/repodata_from_packages.json');
    expect(index.removed).toEqual(['curl-8.0-0.conda']);
    for (const record of [
      index.packages['zlib-1.2-0.tar.bz2'],
      index['packages.conda']['zlib-1.2-0.conda'],
    ]) {
      expect(record).toMatchObject({
        depends: ['libc', 'package_has_been_revoked'],
        revoked: true,
        indexed_timestamp: NOW,
      });
      expect(record?.['sha256']).not.toBe('f'.repeat(64));
    }
    expect(index['packages.conda']['zlib-1.3-0.conda']?.['license']).toBe('Zlib');
    expect(plain['packages.conda']['zlib-1.2-0.conda']?.['depends']).toEqual(['python']);
    expect(readIndex(root, 'linux-64/run_exports.json')['packages.conda']['zlib-1.3-0.conda']).toEqual({
      run_exports: { strong: ['zlib 1.*'] },
    });

    rmSync(file);
    await indexChannel(root, { now: NOW });
    expect(withoutShards(digests(root))).toEqual(withoutShards(before));
  });

  test('reads patches out of a package', async () => {
    const root = copyOf('patch-package');
    const tree = path.join(work, 'patch-tree');
    mkdirSync(path.join(tree, 'linux-64'), { recursive: true });
    writeFileSync(
      path.join(tree, 'linux-64/patch_instructions.json'),
      JSON.stringify({ patch_instructions_version: 1, remove: ['zlib-1.3-0.conda'] }),
    );
    const { file } = await createPackage({
      tree,
      index: { name: 'patches', version: '1', build: '0', subdir: 'noarch' },
      outputDirectory: work,
    });
    const results = await indexChannel(root, { patches: file });
    expect(results.map(({ removed }) => removed)).toEqual([['zlib-1.3-0.conda'], []]);
    await expect(indexChannel(root, { patches: path.join(work, 'none') })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });
});

/** Shards of the index before stay for its readers. */
function withoutShards(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([file]) => !file.includes('/shards/')));
}
