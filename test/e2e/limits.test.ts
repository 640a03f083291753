import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, type Ran, run, SAMPLE } from '../helpers/cli.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE) && process.platform === 'linux';
const channel = ['--override-channels', '-c', pathToFileURL(SAMPLE).href];
let home: Home;

beforeEach(() => {
  home = makeHome();
  mkdirSync(home.directory, { recursive: true });
});
afterEach(() => home.remove());

/** Runs `tconda ...args` after a few words of a shell. */
const after = (words: string, ...args: readonly string[]): Promise<Ran> =>
  run('sh', ['-c', `${words}; exec "$0" "$@"`, process.execPath, CLI, ...args], home.env, home.directory);

describe.runIf(isReady)('where the system gives little', () => {
  test('64 open files are enough', async () => {
    const made = await after('ulimit -n 64', 'create', '-y', '-n', 'env', ...channel, 'greet=1.1', 'ladder');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(await after('ulimit -n 64', 'run', '-n', 'env', 'python', '--version')).toMatchObject({ code: 0 });
  });

  test('too little memory is said in a sentence, with what to do', async () => {
    const made = await after('ulimit -v 8000000', 'create', '-y', '-n', 'env', ...channel, 'ladder');
    // Newer Nodes reserve less.
    if (made.code === 0) return;
    expect(made.stderr).toMatch(/^\nCondaMemoryError: .*\n\nWhere ulimit -v limits it: .*\n/);
    expect(made.stderr).not.toContain('    at ');
    expect(existsSync(home.prefix('env'))).toBe(false);
  });

  test('in a folder that was removed, what has a name works, and what cannot says why', async () => {
    const folder = path.join(home.directory, 'gone');
    const inside = (...args: readonly string[]): Promise<Ran> => {
      mkdirSync(folder);
      return after(`cd '${folder}'; rmdir '${folder}'`, ...args);
    };
    expect(await home.tconda('create', '-y', '-n', 'env', ...channel, 'ladder')).toMatchObject({ code: 0 });
    for (const args of [
      ['info'],
      ['env', 'list'],
      ['list', '-n', 'env'],
      ['config', '--show'],
      ['shell.posix', 'activate', 'env'],
      ['run', '-n', 'env', 'true'],
    ]) {
      // oxlint-disable-next-line no-await-in-loop
      expect({ args, ...(await inside(...args)) }).toMatchObject({ args, code: 0, stderr: '' });
    }
    rmSync(path.join(home.root, 'pkgs'), { recursive: true });
    const made = await inside('create', '-y', '-n', 'other', ...channel, 'ladder');
    expect(made.code).toBe(1);
    expect(made.stderr).toMatch(/The folder you are in is not there any more\n\nGo to another one: cd ~\n/);
    expect(existsSync(home.prefix('other'))).toBe(false);
  });

  test('a full disk behind stdout is an error of every command', async () => {
    for (const args of [['--version'], ['info'], ['--help'], ['shell.posix', 'hook']]) {
      // oxlint-disable-next-line no-await-in-loop
      const { code, stderr } = await after('exec > /dev/full', ...args);
      expect({ args, code, stderr }).toMatchObject({
        args,
        code: 1,
        stderr: expect.stringMatching(/ENOSPC/),
      });
      expect(stderr).not.toContain('    at ');
    }
  });
});
