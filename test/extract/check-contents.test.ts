import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { extractPackages, type ExtractPackagesOptions } from '../../src/extract/index.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import type { Sha256 } from '../../src/model/package-record.ts';
import { pkg } from '../helpers/pkg.ts';
import { bzip2, condaMembers, type RawMember, rawTar, rawZip } from '../helpers/raw-archive.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(path.join(tmpdir(), 'tconda-contents-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const FORMATS = ['.conda', '.tar.bz2'] as const;
const digest = (text: string): Sha256 => createHash('sha256').update(text).digest('hex') as Sha256;
const listed = { _path: 'lib/a', path_type: 'hardlink', size_in_bytes: 4, sha256: digest('four') };

/** Extracts a package with these files and this list of them; gives the texts of what is warned of. */
async function extract(
  body: readonly RawMember[],
  paths: readonly object[],
  options: Partial<ExtractPackagesOptions> = {},
  format: (typeof FORMATS)[number] = '.conda',
): Promise<readonly string[]> {
  const index = { name: 'a', version: '1', build: '0', build_number: 0, depends: [], subdir: 'noarch' };
  const info = [
    { path: 'info/index.json', content: JSON.stringify(index) },
    { path: 'info/paths.json', content: JSON.stringify({ paths_version: 1, paths }) },
  ];
  const bytes =
    format === '.conda'
      ? rawZip(condaMembers(rawTar(body), rawTar(info), 'a-1-0'))
      : bzip2(rawTar([...body, ...info]));
  const archive = path.join(cache, `a-1-0${format}`);
  writeFileSync(archive, bytes);
  const events: ProgressEvent[] = [];
  const record = pkg('a 1 0', { subdir: 'noarch', fn: `a-1-0${format}` });
  const directory = path.join(cache, 'a-1-0');
  const arriving = async function* () {
    yield { record, archive, directory, isExtracted: false };
  };
  await extractPackages(arriving(), { cores: 1, report: (event) => events.push(event), ...options });
  return events.flatMap((event) => (event.kind === 'warning' ? [event.text] : []));
}

const file = (name: string, content: string): RawMember => ({ path: name, content });
const symlink = (name: string, target: string): RawMember => ({ path: name, type: '2', target });

const FATAL: readonly (readonly [string, readonly RawMember[], readonly object[]])[] = [
  ['a file that is listed is missing', [], [listed]],
  ['a symlink stands for a file', [symlink('lib/a', '/etc/passwd')], [listed]],
  ['a directory stands for a file', [{ path: 'lib/a/', type: '5' }], [listed]],
  ['a file stands for a directory', [file('lib/a', 'four')], [{ _path: 'lib/a', path_type: 'directory' }]],
  ['a directory stands for a symlink', [file('lib/a/b', 'four')], [{ ...listed, path_type: 'softlink' }]],
];
const DIFFERENT: readonly (readonly [string, readonly RawMember[], readonly object[]])[] = [
  ['a file is longer', [file('lib/a', 'longer')], [listed]],
  ['a file is empty', [file('lib/a', '')], [listed]],
  ['a hardlink has another size', [file('b', 'bb'), { path: 'lib/a', type: '1', target: 'b' }], [listed]],
  ['a file is not listed', [file('lib/a', 'four'), file('lib/stowaway', '')], [listed]],
  ['a symlink is not listed', [file('lib/a', 'four'), symlink('lib/stowaway', 'a')], [listed]],
];

describe.each(FORMATS)('a %s whose files contradict its info/paths.json', (format) => {
  test.each(FATAL)('is refused when %s', async (_, body, paths) => {
    await expect(extract(body, paths, {}, format)).rejects.toMatchObject({ code: 'PACKAGE_DAMAGED' });
    expect(readdirSync(cache)).toEqual([`a-1-0${format}`]);
  });

  test.each(DIFFERENT)('is refused when %s and safety checks are on', async (_, body, paths) => {
    const attempt = extract(body, paths, { safetyChecks: 'enabled' }, format);
    await expect(attempt).rejects.toMatchObject({ code: 'PACKAGE_DAMAGED' });
    expect(readdirSync(cache)).toEqual([`a-1-0${format}`]);
    await expect(extract(body, paths, {}, format)).resolves.toEqual([]);
  });
});

test('nothing is compared when safety checks are off', async () => {
  await extract([], [listed], { safetyChecks: 'disabled', extraSafetyChecks: true });
  expect(existsSync(path.join(cache, 'a-1-0/info/repodata_record.json'))).toBe(true);
});

test('a file may stand for a symlink, as where there are none', async () => {
  const paths = [{ ...listed, path_type: 'softlink' }];
  await expect(extract([file('lib/a', 'four')], paths, { safetyChecks: 'enabled' })).resolves.toEqual([]);
});

test('digests are compared when that is wanted', async () => {
  const body = [file('lib/a', 'five')];
  await expect(extract(body, [listed], { safetyChecks: 'enabled' })).resolves.toEqual([]);
  rmSync(path.join(cache, 'a-1-0'), { recursive: true });
  await expect(extract(body, [listed], { extraSafetyChecks: true })).resolves.toEqual([
    "a-1-0.conda: 'lib/a' has another digest than its info/paths.json says",
  ]);
  const strict = { safetyChecks: 'enabled', extraSafetyChecks: true } as const;
  await expect(extract(body, [listed], strict)).rejects.toMatchObject({ code: 'PACKAGE_DAMAGED' });
});

test.each([
  ['bytes', { bytes: 1000 }, [file('lib/a', 'x'.repeat(1001))]],
  ['members', { members: 3 }, [file('a', ''), file('b', ''), file('c', '')]],
])('a package may have no more %s than the settings allow', async (_, limits, body) => {
  const paths = body.map(({ path: name }) => ({ _path: name, path_type: 'hardlink' }));
  await expect(extract(body, paths, { limits })).rejects.toMatchObject({ code: 'UNSAFE_ARCHIVE' });
  expect(readdirSync(cache)).toEqual(['a-1-0.conda']);
  await extract(body, paths);
});

describe.runIf(process.platform !== 'win32')('in a cache that a group shares', () => {
  test.each([
    [0o002, 0o2775],
    [0o022, 0o2755],
  ])('with umask %o directories have the mode %o', async (umask, mode) => {
    const before = process.umask(umask);
    try {
      mkdirSync(path.join(cache, 'shared'), { mode: 0o700 });
      cache = path.join(cache, 'shared');
      chmodSync(cache, 0o2775);
      await extract([{ path: 'lib/', type: '5', mode: 0o755 }, file('lib/deep/a', '')], []);
      for (const name of ['a-1-0', 'a-1-0/lib', 'a-1-0/lib/deep', 'a-1-0/info']) {
        expect([name, statSync(path.join(cache, name)).mode & 0o7777]).toEqual([name, mode]);
      }
    } finally {
      process.umask(before);
      cache = path.dirname(cache);
    }
  });
});
