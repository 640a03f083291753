import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Home, makeHome } from '../helpers/cli.ts';
import { makePackage } from '../helpers/make-package.ts';
import { walkFiles } from '../helpers/walk-files.ts';

let home: Home;
let work: string;
beforeAll(async () => {
  home = makeHome('home', { SOURCE_DATE_EPOCH: '1700000000' });
  mkdirSync(home.directory, { recursive: true });
  work = mkdtempSync(path.join(tmpdir(), 'tconda-index-'));
  const folder = path.join(work, 'one', 'noarch');
  mkdirSync(folder, { recursive: true });
  for (let number = 0; number < 12; number += 1) {
    const format = number % 3 === 0 ? '.tar.bz2' : '.conda';
    // oxlint-disable-next-line no-await-in-loop -- their order of creation shall not matter
    await makePackage(folder, `p${11 - number} 1.0 0`, {
      format,
      // The sooner it is asked for, the longer it takes.
      files: { 'share/text': 'text '.repeat(200_000 - number * 16_000) },
    });
  }
  writeFileSync(path.join(folder, 'damaged-1.0-0.conda'), 'no package');
  cpSync(path.join(work, 'one'), path.join(work, 'many'), { recursive: true });
});
afterAll(() => {
  home.remove();
  rmSync(work, { recursive: true, force: true });
});

/** Digests by path. */
function content(directory: string): ReadonlyMap<string, string> {
  const files = walkFiles(directory);
  return new Map(
    files
      // Copies have other times.
      .filter((entry) => entry.isFile() && entry.name !== '.tconda-index.json')
      .map((entry) => path.join(entry.parentPath, entry.name))
      .toSorted()
      .map((file) => [
        path.relative(directory, file),
        createHash('sha256').update(readFileSync(file)).digest('hex'),
      ]),
  );
}

test('threads write the bytes that one alone writes, and name what is damaged', async () => {
  const results = await Promise.all([
    home.tconda('index', '--threads', '1', path.join(work, 'one')),
    home.tconda('index', '--threads', '4', path.join(work, 'many')),
  ]);
  for (const { code, stdout, stderr } of results) {
    expect([code, stdout]).toEqual([0, 'noarch: 12 packages, 13 of them new or changed\n']);
    expect(stderr).toContain('warning: noarch/damaged-1.0-0.conda: ');
  }
  expect(results[0].stderr).toBe(results[1].stderr);
  const many = content(path.join(work, 'many'));
  expect(many).toEqual(content(path.join(work, 'one')));
  expect([...many.keys()]).toContain('noarch/repodata_shards.msgpack.zst');

  // Opened in threads or known from before: the same.
  rmSync(path.join(work, 'many/noarch/.tconda-index.json'));
  await home.tconda('index', '--threads', '3', path.join(work, 'many'));
  expect(content(path.join(work, 'many'))).toEqual(many);
  const again = await home.tconda('index', '--json', path.join(work, 'many'));
  expect(JSON.parse(again.stdout)).toMatchObject({ subdirs: [{ packages: 12, opened: 1 }] });
});
