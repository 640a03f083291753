import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { type Home, makeHome } from '../../helpers/cli.ts';

let home: Home;
beforeEach(() => {
  home = makeHome();
  mkdirSync(home.directory, { recursive: true });
});
afterEach(() => home.remove());

test('a dry run writes nothing', async () => {
  const { stdout, code } = await home.tconda('init', '--dry-run', 'bash');
  expect(code).toBe(0);
  expect(stdout).toContain(`modified      ${home.directory}/.bashrc`);
  expect(stdout).toContain('==> DRY RUN: The above changes would have been made.');
  expect(statSync(home.root, { throwIfNoEntry: false })).toBeUndefined();
});

test('a start file keeps its bytes, its permissions and its links', async () => {
  const dotfiles = path.join(home.directory, 'dotfiles');
  mkdirSync(dotfiles);
  const real = path.join(dotfiles, 'bashrc');
  const old = Buffer.concat([Buffer.from('# caf'), Buffer.from([0xe9, 0xff, 0x0a]), Buffer.from('x=1')]);
  writeFileSync(real, old);
  chmodSync(real, 0o640);
  const link = path.join(home.directory, '.bashrc');
  symlinkSync(real, link);
  await home.tconda('init', 'bash');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(statSync(real).mode & 0o777).toBe(0o640);
  expect(readFileSync(real).subarray(0, old.length)).toEqual(old);
  await home.tconda('init', '--reverse', 'bash');
  expect(readFileSync(real)).toEqual(old);
});

test('a link whose file is not there yet stays a link', async () => {
  const link = path.join(home.directory, '.bashrc');
  symlinkSync('dotfiles/bashrc', link);
  await home.tconda('init', 'bash');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(path.join(home.directory, 'dotfiles/bashrc'), 'utf8')).toContain('tconda initialize');
});

test('a start file that is none is named', async () => {
  mkdirSync(path.join(home.directory, '.zshrc'));
  symlinkSync('.tcshrc', path.join(home.directory, '.tcshrc'));
  for (const [shell, file] of [
    ['zsh', '.zshrc'],
    ['tcsh', '.tcshrc'],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { code, stderr } = await home.tconda('init', shell);
    expect(code).toBe(1);
    expect(stderr).toContain(`${file} can't be read`);
  }
});

test('--condabin puts the program on PATH and no more; a program of somebody else stays', async () => {
  await home.tconda('init', '--condabin', 'bash');
  const condabin = path.join(home.root, 'condabin');
  const rc = readFileSync(path.join(home.directory, '.bashrc'), 'utf8');
  expect(rc).toContain(condabin);
  expect(rc).not.toContain('profile.d');
  const version = spawnSync('bash', ['-c', '. ~/.bashrc; . ~/.bashrc; tconda --version; echo "$PATH"'], {
    env: { ...home.env, PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  });
  expect(version.stdout).toMatch(/^tconda \d/);
  expect(version.stdout).toContain(`\n${condabin}:/usr/bin:/bin\n`);
  writeFileSync(path.join(condabin, 'tconda'), 'mine');
  await home.tconda('init', 'bash');
  expect(readFileSync(path.join(condabin, 'tconda'), 'utf8')).toBe('mine');
});

test('the shell is that of SHELL, and --json says what changed', async () => {
  const zsh = makeHome('home', { SHELL: '/usr/bin/zsh' });
  const { stdout } = await zsh.tconda('init', '--json');
  const json = JSON.parse(stdout) as { modified: string[] };
  expect(json.modified).toContain(`${zsh.directory}/.zshrc`);
  zsh.remove();
});

test("what it doesn't know is refused", async () => {
  const unknown = await home.tconda('init', 'foosh');
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain("argument SHELLS: invalid choice: 'foosh'");
  const cmd = await home.tconda('init', 'cmd.exe');
  expect(cmd.stderr).toContain('on Windows only');
});

test('users of micromamba find their commands', async () => {
  expect((await home.tconda('shell', 'init', '-s', 'bash')).code).toBe(0);
  expect(readFileSync(path.join(home.directory, '.bashrc'), 'utf8')).toContain('tconda initialize');
  expect((await home.tconda('shell', 'deinit', '-s', 'bash')).code).toBe(0);
  expect(readFileSync(path.join(home.directory, '.bashrc'), 'utf8')).toBe('');
  const same = await Promise.all([
    home.tconda('shell', 'hook', '-s', 'fish'),
    home.tconda('shell.fish', 'hook'),
  ]);
  expect(same[0].stdout).toBe(same[1].stdout);
});
