import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  copyEnvironment,
  type CopyEnvironmentOptions,
  type CopiedEnvironment,
} from '../../src/relocate/index.ts';
import { loadPrefix } from '../../src/record/index.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';

const PLACEHOLDER = `/placehold${'_placehold'.repeat(20)}`;

let environment: TestEnvironment;
let target: string;
beforeEach(async () => {
  environment = createTestEnvironment();
  target = path.join(environment.root, 'envs', 'copy');
  const programs = environment.make('programs 1.0 h_0', {
    files: {
      'bin/run': {
        content: `#!${PLACEHOLDER}/bin/sh\n`,
        prefix_placeholder: PLACEHOLDER,
        file_mode: 'text',
        mode: 0o755,
      },
      'lib/lib.so': {
        content: `\x7fELF\0${PLACEHOLDER}/lib\0rest\0`,
        prefix_placeholder: PLACEHOLDER,
        file_mode: 'binary',
      },
      'share/plain.txt': { content: 'plain' },
    },
  });
  await environment.change([programs]);
});
afterEach(() => environment.dispose());

async function copy(options: Partial<CopyEnvironmentOptions> = {}): Promise<CopiedEnvironment> {
  const directory = path.join(environment.root, 'envs', '.copy.tconda-copy');
  const copied = await copyEnvironment(await environment.load(), {
    directory,
    prefix: target,
    subdir: 'linux-64',
    files: 'own',
    exclude: new Set(),
    warn: (text) => {
      throw new Error(text);
    },
    ...options,
  });
  renameSync(directory, target);
  return copied;
}

const read = (name: string): string => readFileSync(path.join(target, name), 'utf8');

test('a copy names its own place, in its files and its records', async () => {
  expect(await copy()).toEqual({ untracked: [] });
  expect(read('bin/run')).toBe(`#!${target}/bin/sh\n`);
  expect(statSync(path.join(target, 'bin/run')).mode & 0o777).toBe(0o755);
  expect(read('lib/lib.so').startsWith(`\x7fELF\0${target}/lib\0`)).toBe(true);
  const sizeIn = (root: string): number => statSync(path.join(root, 'lib/lib.so')).size;
  expect(sizeIn(target)).toBe(sizeIn(environment.prefix));
  const [record] = (await loadPrefix(target)).records;
  const [original] = (await environment.load()).records;
  const digests = (one: typeof record) =>
    Object.fromEntries((one?.paths_data.paths ?? []).map((entry) => [entry._path, entry.sha256_in_prefix]));
  for (const [name, digest] of Object.entries(digests(record))) {
    expect(digest).toBe(
      createHash('sha256')
        .update(readFileSync(path.join(target, name)))
        .digest('hex'),
    );
  }
  expect(digests(record)['share/plain.txt']).toBe(digests(original)['share/plain.txt']);
  expect({ ...record, paths_data: undefined }).toEqual({ ...original, paths_data: undefined });
});

test('a copy and back again is what was there', async () => {
  const before = environment.tree();
  await copy();
  const again = path.join(environment.root, 'envs', 'again');
  await copyEnvironment(await loadPrefix(target), {
    directory: again,
    prefix: environment.prefix,
    subdir: 'linux-64',
    files: 'own',
    exclude: new Set(),
    warn: () => undefined,
  });
  renameSync(environment.prefix, `${environment.prefix}.old`);
  renameSync(again, environment.prefix);
  expect(environment.tree()).toEqual(before);
});

describe('files of no package', () => {
  beforeEach(() => {
    const { prefix } = environment;
    mkdirSync(path.join(prefix, 'mine/empty'), { recursive: true });
    writeFileSync(path.join(prefix, 'mine/text'), `see ${prefix}/bin and ${prefix}2\n`, { mode: 0o600 });
    writeFileSync(path.join(prefix, 'mine/binary'), `${prefix}\0`);
    writeFileSync(path.join(prefix, 'mine/app'), `#!${prefix}/bin/python\nPK\0${prefix}/x\0`, {
      mode: 0o755,
    });
    symlinkSync('text', path.join(prefix, 'mine/near'));
    symlinkSync(`${prefix}/mine/text`, path.join(prefix, 'mine/far'));
    symlinkSync('/usr/bin/env', path.join(prefix, 'mine/elsewhere'));
    writeFileSync(path.join(prefix, 'conda-meta/pinned'), 'programs 1.*\n');
    writeFileSync(path.join(prefix, 'conda-meta/frozen'), '');
    writeFileSync(path.join(prefix, 'conda-meta/state'), `{"env_vars":{"HERE":"${prefix}/x"}}`);
  });

  test('come along', async () => {
    const { untracked } = await copy();
    expect(untracked).toEqual([
      'mine/app',
      'mine/binary',
      'mine/elsewhere',
      'mine/far',
      'mine/near',
      'mine/text',
    ]);
    expect(read('mine/text')).toBe(`see ${target}/bin and ${environment.prefix}2\n`);
    expect(statSync(path.join(target, 'mine/text')).mode & 0o777).toBe(0o600);
    expect(read('mine/binary')).toBe(`${environment.prefix}\0`);
    // Programs packed into an archive, such as zipapp makes.
    expect(read('mine/app')).toBe(`#!${target}/bin/python\nPK\0${environment.prefix}/x\0`);
    expect(['near', 'far', 'elsewhere'].map((name) => readlinkSync(path.join(target, 'mine', name)))).toEqual(
      ['text', `${target}/mine/text`, '/usr/bin/env'],
    );
    expect(readdirSync(path.join(target, 'mine/empty'))).toEqual([]);
    expect(readdirSync(path.join(target, 'conda-meta'))).not.toContain('frozen');
    expect(read('conda-meta/pinned')).toBe('programs 1.*\n');
    expect(read('conda-meta/state')).toBe(`{"env_vars":{"HERE":"${target}/x"}}`);
  });

  test('are shared with nobody, but for those that were shared before', async () => {
    await copy();
    const inode = (root: string, name: string): bigint =>
      lstatSync(path.join(root, name), { bigint: true }).ino;
    for (const name of ['mine/text', 'mine/binary', 'conda-meta/history', 'bin/run'])
      expect(inode(target, name)).not.toBe(inode(environment.prefix, name));
    expect(inode(target, 'share/plain.txt')).toBe(inode(environment.prefix, 'share/plain.txt'));
  });

  test('are shared with an original that goes away, and stay frozen', async () => {
    await copy({ files: 'shared' });
    const inode = (root: string): bigint => lstatSync(path.join(root, 'mine/binary'), { bigint: true }).ino;
    expect(inode(target)).toBe(inode(environment.prefix));
    expect(readdirSync(path.join(target, 'conda-meta'))).toContain('frozen');
  });

  test('stay behind where that is wanted', async () => {
    const { untracked } = await copy({ exclude: new Set(['mine']) });
    expect(untracked).toEqual([]);
    expect(readdirSync(target)).not.toContain('mine');
  });
});

test('a place that is too long for a program is refused', async () => {
  const prefix = `/${'x'.repeat(PLACEHOLDER.length)}`;
  await expect(copy({ prefix })).rejects.toMatchObject({ code: 'PREFIX_TOO_LONG' });
});
