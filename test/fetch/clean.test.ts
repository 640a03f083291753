import { link, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  findIndexCaches,
  findLogFiles,
  findPackageCaches,
  findStaleExtractions,
  findTemporaryFiles,
  findUnusedPackages,
  findUnusedTarballs,
  removeCleanables,
} from '../../src/fetch/index.ts';
import { acquireLease } from '../../src/io/lease-file.ts';

let directory: string;
let pkgs: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tconda-clean-'));
  pkgs = path.join(directory, 'pkgs');
  await file('urls.txt', '');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function file(name: string, content = 'four'): Promise<string> {
  const at = path.join(pkgs, name);
  await mkdir(path.dirname(at), { recursive: true });
  await writeFile(at, content);
  return at;
}

const names = (
  found: readonly { readonly items: readonly { readonly name: string; readonly size: number }[] }[],
) => found.flatMap(({ items }) => items.map(({ name, size }) => `${name} ${size}`));

describe('cleaning', () => {
  test('finds archives that nothing else links to', async () => {
    await file('a-1-0.conda');
    await file('b-1-0.tar.bz2');
    await file('c-1-0.conda.tconda.partial');
    await file('.other-channels/0123/a-1-0.conda');
    await link(await file('used-1-0.conda'), path.join(directory, 'elsewhere'));
    await symlink('/etc/passwd', path.join(pkgs, 'link-1-0.conda'));
    const found = await findUnusedTarballs([pkgs, pkgs, path.join(directory, 'none')]);
    expect(found.map(({ pkgsDir }) => pkgsDir)).toEqual([pkgs]);
    expect(names(found)).toEqual([
      'a-1-0.conda 4',
      'b-1-0.tar.bz2 4',
      'c-1-0.conda.tconda.partial 4',
      '.other-channels/0123/a-1-0.conda 4',
    ]);
  });

  test('finds packages that no environment links to', async () => {
    await file('a-1-0/info/index.json');
    await file('a-1-0/bin/deep/a');
    await file('other/file');
    await file('.other-channels/0123/a-1-0/info/index.json');
    await file('used-1-0/info/index.json');
    await link(await file('used-1-0/lib/deep/x'), path.join(directory, 'elsewhere'));
    await symlink(path.join(pkgs, 'a-1-0'), path.join(pkgs, 'link-1-0'));
    expect(names(findUnusedPackages([pkgs]))).toEqual(['a-1-0 8', '.other-channels/0123/a-1-0 4']);
  });

  test('leaves packages that environments say they use, and what is under way', async () => {
    await file('a-1-0/info/index.json');
    await file('b-1-0/info/index.json');
    await file('c-1-0.0123456789ab.extract/package/info/index.json');
    await file('c-1-0.conda.tconda.partial');
    expect(names(findUnusedPackages([pkgs], new Set([path.join(pkgs, 'a-1-0')])))).toEqual(['b-1-0 4']);
    const [package_, archive] = [
      await acquireLease(path.join(pkgs, '.c-1-0.tconda-lock')),
      await acquireLease(path.join(pkgs, '.c-1-0.conda.tconda-lock')),
    ];
    expect(await findStaleExtractions([pkgs])).toEqual([]);
    expect(await findUnusedTarballs([pkgs])).toEqual([]);
    await package_.release();
    await archive.release();
    expect(names(await findStaleExtractions([pkgs]))).toEqual(['c-1-0.0123456789ab.extract 4']);
    expect(names(await findUnusedTarballs([pkgs]))).toEqual(['c-1-0.conda.tconda.partial 4']);
  });

  test('finds the rest', async () => {
    await file('cache/497deca9.json');
    await file('.logs/x.log');
    await file('env/lib/deep/x.so.c~');
    await file('env/y.trash');
    expect(names(findIndexCaches([pkgs]))).toEqual(['cache 4']);
    expect(names(findLogFiles([pkgs]))).toEqual(['.logs/x.log 4']);
    expect(findTemporaryFiles([path.join(pkgs, 'env')]).map(({ name }) => name)).toEqual([
      'y.trash',
      'lib/deep/x.so.c~',
    ]);
    expect(findPackageCaches([pkgs])).toEqual([{ path: pkgs, name: pkgs, size: 16, lastUse: 0 }]);
  });

  test('touches no cache that can not be written', async () => {
    await rm(path.join(pkgs, 'urls.txt'));
    await file('a-1-0.conda');
    await file('cache/497deca9.json');
    expect([
      ...(await findUnusedTarballs([pkgs])),
      ...findIndexCaches([pkgs]),
      ...findPackageCaches([pkgs]),
    ]).toEqual([]);
  });

  test('removes what was found, and says what it could not', async () => {
    await file('a-1-0/info/index.json');
    await file('b-1-0.conda');
    const items = [...findUnusedPackages([pkgs]), ...(await findUnusedTarballs([pkgs]))].flatMap(
      (found) => found.items,
    );
    const gone = { path: path.join(pkgs, 'gone'), name: 'gone', size: 1, lastUse: 0 };
    const outcome = await removeCleanables([...items, gone]);
    expect(outcome).toEqual({ removed: items, failed: [] });
    expect(await readdir(pkgs)).toEqual(['urls.txt']);
  });
});
