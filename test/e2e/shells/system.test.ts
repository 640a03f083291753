import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Home, makeHome, SAMPLE } from '../../helpers/cli.ts';
import { TEST_SHELLS } from '../../helpers/shell.ts';

let home: Home;
let image: string;

beforeAll(async () => {
  home = makeHome("hö me's");
  image = path.join(home.directory, 'image');
  mkdirSync(path.join(image, 'etc/zsh'), { recursive: true });
  writeFileSync(path.join(image, 'etc/bash.bashrc'), '# of the system\n');
  await home.tconda('install', '-y', '-q', '-n', 'base', '-c', SAMPLE, '-O', 'meta');
  const { code, stderr } = await init('--all');
  if (code !== 0) throw new Error(stderr);
}, 60_000);
afterAll(() => home.remove());

const init = (...args: readonly string[]): ReturnType<Home['tconda']> =>
  home.tconda('init', '--system', '--no-user', '--system-root', image, ...args);

/** What each shell reads for all users, below the image. */
const FILES: Readonly<Record<string, string>> = {
  bash: 'etc/profile.d/tconda.sh',
  dash: 'etc/profile.d/tconda.sh',
  zsh: 'etc/zsh/zshrc',
  fish: 'etc/fish/conf.d/tconda.fish',
  tcsh: 'etc/csh.cshrc',
  xonsh: 'etc/xonsh/rc.d/tconda.xsh',
};

describe.each(TEST_SHELLS.filter(({ name }) => FILES[name] !== undefined))('$title', (shell) => {
  const file = (): string => path.join(image, FILES[shell.name] ?? '');
  const rc = (): string => path.join(home.directory, shell.rc);

  test.runIf(shell.isThere)('is prepared for whoever starts it', async () => {
    mkdirSync(path.dirname(rc()), { recursive: true });
    const content = readFileSync(file(), 'utf8');
    expect(statSync(file()).mode & 0o777).toBe(0o644);
    // What stands there knows no user.
    expect(content).not.toContain(path.join(home.directory, '.local'));
    writeFileSync(rc(), content);
    const show = ['show in CONDA_PREFIX CONDA_SHLVL', 'tconda deactivate', 'show out CONDA_PREFIX'];
    // The second finds the file that the first had made.
    for (const state of ['.local/state', '.local/state', "other 's"]) {
      const env = state.startsWith('.local') ? {} : { XDG_STATE_HOME: path.join(home.directory, state) };
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { seen } = await shell.type(show, { ...home, env: { ...home.env, ...env } });
      expect(seen).toEqual({ 'in.CONDA_PREFIX': home.root, 'in.CONDA_SHLVL': '1', 'out.CONDA_PREFIX': '' });
      const made = readdirSync(path.join(home.directory, state, 'tconda'));
      expect(made.some((name) => name.startsWith('start-'))).toBe(true);
    }
  });
});

test('bash reads the file of shells that are no login shells, too', () => {
  const text = readFileSync(path.join(image, 'etc/bash.bashrc'), 'utf8');
  expect(text).toMatch(/^# of the system\n\n# >>> tconda initialize >>>\n/);
});

test('is there once, and goes again', async () => {
  expect((await init('--all')).stdout).toContain('No action taken.');
  const dry = await init('--all', '--reverse', '--dry-run');
  expect(dry.stdout).toContain(`modified      ${path.join(image, 'etc/profile.d/tconda.sh')}`);
  expect(existsSync(path.join(image, 'etc/profile.d/tconda.sh'))).toBe(true);
  expect(await init('--all', '--reverse')).toMatchObject({ code: 0 });
  expect(readFileSync(path.join(image, 'etc/bash.bashrc'), 'utf8')).toBe('# of the system\n');
  for (const file of ['profile.d/tconda.sh', 'fish/conf.d/tconda.fish', 'xonsh/rc.d/tconda.xsh']) {
    expect(existsSync(path.join(image, 'etc', file))).toBe(false);
  }
});

test('the user is prepared as well unless told otherwise, and with --no-user alone nobody is', async () => {
  const rc = path.join(home.directory, '.bashrc');
  writeFileSync(rc, '');
  await home.tconda('init', '--no-user', 'bash');
  expect(readFileSync(rc, 'utf8')).toBe('');
  await home.tconda('init', '--system', '--system-root', image, 'bash');
  expect(readFileSync(rc, 'utf8')).toContain('tconda initialize');
  expect(existsSync(path.join(image, 'etc/profile.d/tconda.sh'))).toBe(true);
});

test('where one file can not be written, none is', async () => {
  const fresh = makeHome();
  const other = path.join(fresh.directory, 'other');
  mkdirSync(other, { recursive: true });
  // A file in the place of a folder: no right of an administrator helps.
  writeFileSync(path.join(other, 'etc'), '');
  const { code, stderr } = await fresh.tconda('init', '--system', '--system-root', other, 'fish');
  expect(code).toBe(1);
  expect(stderr).toContain(path.join(other, 'etc'));
  expect(readdirSync(fresh.directory)).toEqual(['other']);
  fresh.remove();
});

test('what has no such file is told so', async () => {
  const nushell = await init('nushell');
  expect(nushell).toMatchObject({ code: 1 });
  expect(nushell.stderr).toContain('nushell has no start file for all users here');
  expect((await home.tconda('init', '--system-root', image, 'bash')).stderr).toContain('is for --system');
});

test('shell reinit renews what there is, as it was', async () => {
  const again = makeHome();
  mkdirSync(again.directory, { recursive: true });
  await again.tconda('init', 'bash', '--alias-conda');
  await again.tconda('init', 'zsh', '--condabin');
  const read = (name: string): string => readFileSync(path.join(again.directory, name), 'utf8');
  const before = { bash: read('.bashrc'), zsh: read('.zshrc'), hook: read('root/etc/profile.d/tconda.sh') };
  writeFileSync(
    path.join(again.directory, '.bashrc'),
    before.bash.replace('__tconda_start', '__tconda_start old'),
  );
  expect(await again.tconda('shell', 'reinit')).toMatchObject({ code: 0 });
  expect({ bash: read('.bashrc'), zsh: read('.zshrc'), hook: read('root/etc/profile.d/tconda.sh') }).toEqual(
    before,
  );
  expect(existsSync(path.join(again.directory, '.config/fish/config.fish'))).toBe(false);
  again.remove();
});
