import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, type Ran } from '../../helpers/cli.ts';

const isReady = existsSync(CLI);
let home: Home;
const at = (name: string): string => path.join(home.directory, name);

beforeAll(() => {
  home = makeHome();
  mkdirSync(path.join(home.prefix('env'), 'conda-meta'), { recursive: true });
  writeFileSync(path.join(home.prefix('env'), 'conda-meta', 'history'), '');
});
afterAll(() => home.remove());

describe.runIf(isReady)('config changes files', () => {
  test('a file behind a link changes there, and keeps who may read it', async () => {
    const real = at('dotfiles-condarc');
    writeFileSync(real, 'quiet: true\n');
    chmodSync(real, 0o660);
    rmSync(at('linked.yml'), { force: true });
    symlinkSync(real, at('linked.yml'));
    await home.tconda('config', '--file', at('linked.yml'), '--set', 'offline', 'true');
    expect(readFileSync(real, 'utf8')).toBe('quiet: true\noffline: true\n');
    expect(lstatSync(at('linked.yml')).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o660);
    expect(readdirSync(home.directory).filter((name) => name.startsWith('dotfiles'))).toEqual([
      'dotfiles-condarc',
    ]);
  });

  test('a file in a folder of somebody else changes in its place', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tconda-of-others-'));
    const file = path.join(folder, '.condarc');
    writeFileSync(file, 'quiet: true\n');
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(file, 65_534, 65_534);
    chmodSync(folder, 0o555);
    try {
      const { status } = spawnSync(
        process.execPath,
        [CLI, 'config', '--file', file, '--set', 'offline', 'true'],
        { env: { ...home.env, HOME: folder }, cwd: folder, ...(isRoot && { uid: 65_534, gid: 65_534 }) },
      );
      expect({ status, text: readFileSync(file, 'utf8'), files: readdirSync(folder) }).toEqual({
        status: 0,
        text: 'quiet: true\noffline: true\n',
        files: ['.condarc'],
      });
    } finally {
      chmodSync(folder, 0o755);
      rmSync(folder, { recursive: true });
    }
  });

  test('--system, --env, -n and -p name the file', async () => {
    const set = (...where: readonly string[]): Promise<Ran> =>
      home.tconda('config', ...where, '--set', 'offline', 'false');
    const env = { ...home.env, CONDA_PREFIX: home.prefix('env') };
    mkdirSync(home.root, { recursive: true });
    await set('--system');
    expect(readFileSync(path.join(home.root, '.condarc'), 'utf8')).toBe('offline: false\n');
    for (const where of [
      ['-n', 'env'],
      ['-p', home.prefix('env')],
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other writes the same file
      await set(...where);
      expect(readFileSync(path.join(home.prefix('env'), '.condarc'), 'utf8')).toBe('offline: false\n');
    }
    spawnSync(process.execPath, [CLI, 'config', '--env', '--set', 'quiet', 'false'], { env });
    expect(readFileSync(path.join(home.prefix('env'), '.condarc'), 'utf8')).toBe(
      'offline: false\nquiet: false\n',
    );
    await set();
    expect(readFileSync(at('.condarc'), 'utf8')).toBe('offline: false\n');
  });

  test('an environment that is not there gets no settings', async () => {
    expect(await home.tconda('config', '-n', 'nowhere', '--set', 'quiet', 'true')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Not a conda environment'),
    });
    expect(existsSync(home.prefix('nowhere'))).toBe(false);
  });

  test('a link to what is not there yet makes it, and stays', async () => {
    symlinkSync('dotfiles/condarc', at('early.yml'));
    symlinkSync('early.yml', at('earlier.yml'));
    await home.tconda('config', '--file', at('earlier.yml'), '--set', 'offline', 'true');
    expect(readFileSync(at('dotfiles/condarc'), 'utf8')).toBe('offline: true\n');
    expect(readlinkSync(at('early.yml'))).toBe('dotfiles/condarc');
    expect(readlinkSync(at('earlier.yml'))).toBe('early.yml');
  });
});
