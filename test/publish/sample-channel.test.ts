import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { extractArchive, readPackageInfo } from '../../src/archive/index.ts';
import { sampleChannel } from '../helpers/sample-channel.ts';

let channel: string;
let scratch: string;
beforeAll(async () => {
  channel = await sampleChannel();
  scratch = mkdtempSync(path.join(tmpdir(), 'tconda-sample-test-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('every package of the sample channel is indexed, and holds what it says', async () => {
  const subdirs = readdirSync(channel).filter((name) => !name.includes('.'));
  for (const subdir of subdirs) {
    const index = JSON.parse(readFileSync(path.join(channel, subdir, 'repodata.json'), 'utf8')) as {
      readonly packages: object;
      readonly 'packages.conda': object;
    };
    const archives = readdirSync(path.join(channel, subdir)).filter((name) =>
      /\.(?:conda|tar\.bz2)$/.test(name),
    );
    expect(Object.keys({ ...index.packages, ...index['packages.conda'] }).toSorted()).toEqual(
      archives.toSorted(),
    );
    for (const fn of archives) {
      const file = path.join(channel, subdir, fn);
      const directory = path.join(scratch, `${subdir}-${fn}`);
      mkdirSync(directory);
      // oxlint-disable-next-line no-await-in-loop -- a hundred at once would be no faster
      const { nodes, sizes } = await extractArchive(file, directory);
      // oxlint-disable-next-line no-await-in-loop
      const { paths } = await readPackageInfo(file);
      for (const { _path, path_type: type, size_in_bytes: size } of paths.paths) {
        expect(nodes.get(_path), `${fn}: ${_path}`).toBe(KINDS[type]);
        expect(type === 'hardlink' ? sizes.get(_path) : undefined).toBe(
          type === 'hardlink' ? size : undefined,
        );
      }
    }
  }
  expect(subdirs).toContain('linux-64');
});

const KINDS = { hardlink: 'file', softlink: 'symlink', directory: 'directory' } as const;
