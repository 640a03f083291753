import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { indexChannel } from '../../src/publish/index.ts';
import { CLI, type Home, makeHome, type Ran, run, SAMPLE } from '../helpers/cli.ts';
import { makePackage } from '../helpers/make-package.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let home: Home;
const tconda = async (...args: readonly string[]): Promise<Ran> => {
  const ran = await home.tconda(...args);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return ran;
};

beforeAll(async () => {
  if (!isReady) return;
  home = makeHome();
  const noarch = path.join(home.directory, 'menus', 'noarch');
  mkdirSync(noarch, { recursive: true });
  for (const name of ['spy 1', 'spy 2', 'eye 1']) {
    const [title = ''] = name.split(' ');
    const menu = {
      menu_name: `{{ ENV_NAME }} ${title}`,
      menu_items: [{ name: title, command: ['x'], platforms: { linux: {} } }],
    };
    // oxlint-disable-next-line no-await-in-loop -- there are three
    await makePackage(noarch, name, {
      files: { [`Menu/${title}.json`]: JSON.stringify(menu) },
      index: { subdir: 'noarch' },
    });
  }
  await indexChannel(path.dirname(noarch));
  writeFileSync(
    path.join(home.directory, '.condarc'),
    `channels:\n  - ${SAMPLE}\n  - ${path.dirname(noarch)}\n`,
  );
}, 60_000);
afterAll(() => home.remove());

/** The menu entries of this user. */
function entries(): readonly string[] {
  const folder = path.join(home.directory, '.local/share/applications');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.desktop')) : [];
}

/** How many names the file of a package in `copied` has that has most. */
function linksOf(name: string): number {
  const prefix = home.prefix('copied');
  const meta = readdirSync(path.join(prefix, 'conda-meta')).find((file) => file.startsWith(`${name}-`)) ?? '';
  const { files } = JSON.parse(readFileSync(path.join(prefix, 'conda-meta', meta), 'utf8')) as {
    files: string[];
  };
  return Math.max(...files.map((file) => lstatSync(path.join(prefix, file)).nlink));
}

describe.runIf(isReady)('what options change on the disk', () => {
  test('install --copy and update --copy copy the files of packages', async () => {
    await tconda('create', '-y', '-n', 'copied', 'clobber-a=1.0', 'deep');
    expect(linksOf('deep')).toBeGreaterThan(1);
    await tconda('install', '-y', '-n', 'copied', '--copy', '--force-reinstall', 'deep');
    expect(linksOf('deep')).toBe(1);
    expect(linksOf('clobber-a')).toBeGreaterThan(1);
    await tconda('update', '-y', '-n', 'copied', '--copy', 'clobber-a');
    expect(linksOf('clobber-a')).toBe(1);
  });

  test.runIf(process.platform === 'linux')(
    'create, install and update make menu entries as --shortcuts, --no-shortcuts and --shortcuts-only say',
    async () => {
      await tconda('create', '-y', '-n', 'menus', '--no-shortcuts', 'spy=1');
      expect(entries()).toEqual([]);
      await tconda('update', '-y', '-n', 'menus', '--no-shortcuts', 'spy');
      expect(entries()).toEqual([]);
      await tconda('install', '-y', '-n', 'menus', '--no-shortcuts', 'eye');
      expect(entries()).toEqual([]);
      await tconda('create', '-y', '-n', 'only', 'links');
      await tconda('install', '-y', '-n', 'only', '--shortcuts-only', 'eye', 'eye', 'spy');
      expect(entries()).toHaveLength(1);
      const off = { ...home.env, CONDA_SHORTCUTS: 'false' };
      await run(process.execPath, [CLI, 'create', '-y', '-n', 'shown', '--shortcuts', 'spy=1'], off);
      expect(entries()).toHaveLength(2);
      await run(process.execPath, [CLI, 'update', '-y', '-n', 'shown', '--shortcuts', 'spy'], off);
      expect(entries()).toHaveLength(2);
      await run(process.execPath, [CLI, 'install', '-y', '-n', 'shown', '--shortcuts', 'eye'], off);
      expect(entries()).toHaveLength(3);
      await tconda('create', '-y', '-n', 'some', '--shortcuts-only', 'eye', 'eye', 'spy=1');
      expect(entries()).toHaveLength(4);
      await tconda('update', '-y', '-n', 'some', '--shortcuts-only', 'eye', 'spy');
      expect(entries()).toHaveLength(4);
    },
  );

  test.runIf(process.platform === 'linux')(
    'entries come with their package alone, and move, are copied and go with their environment',
    async () => {
      const before = entries().length;
      const now = (): readonly string[] => entries().filter((name) => /^(?:one|two|three)-/.test(name));
      await tconda('create', '-y', '-n', 'one', '--no-shortcuts', 'spy=1');
      await tconda('install', '-y', '-n', 'one', 'eye');
      expect(now()).toEqual(['one-eye_eye.desktop']);
      await tconda('install', '-y', '-n', 'one', '--force-reinstall', 'spy=1');
      expect(now()).toHaveLength(2);
      await tconda('remove', '-y', '-n', 'one', 'spy');
      await tconda('install', '-y', '-n', 'one', '--no-shortcuts', 'spy=1');
      expect(now()).toEqual(['one-eye_eye.desktop']);
      await tconda('rename', '-n', 'one', 'two');
      expect(now()).toEqual(['two-eye_eye.desktop']);
      await tconda('create', '-y', '-n', 'three', '--clone', 'two');
      expect(now()).toEqual(['three-eye_eye.desktop', 'three-spy_spy.desktop', 'two-eye_eye.desktop']);
      await tconda('create', '-y', '-n', 'three', '--replace', 'links');
      await tconda('exec', '--spec', 'spy', 'true');
      expect(now()).toEqual(['two-eye_eye.desktop']);
      await tconda('install', '-y', '-n', 'two', 'spy=1');
      expect(now()).toEqual(['two-eye_eye.desktop']);
      await tconda('install', '-y', '-n', 'two', '--shortcuts-only', 'spy', 'spy=1');
      expect(now()).toEqual(['two-eye_eye.desktop', 'two-spy_spy.desktop']);
      await tconda('env', 'remove', '-y', '-n', 'two');
      expect(entries()).toHaveLength(before);
    },
  );

  test('remove --all --keep-env leaves an environment without packages', async () => {
    await tconda('create', '-y', '-n', 'emptied', 'links');
    await tconda('remove', '-y', '-n', 'emptied', '--all', '--keep-env');
    expect(existsSync(path.join(home.prefix('emptied'), 'conda-meta', 'history'))).toBe(true);
    expect((await tconda('list', '-n', 'emptied', '--json')).stdout).toBe('[]');
  });

  test('remove --no-prune-deps keeps what was there for the package alone', async () => {
    await tconda('create', '-y', '-n', 'unpruned', 'meta');
    await tconda('remove', '-y', '-n', 'unpruned', '--no-prune-deps', 'meta');
    expect((await tconda('list', '-n', 'unpruned', '--canonical')).stdout).toMatch(/links-1\.0-0/);
  });

  test('package --reset takes away what no package has', async () => {
    await tconda('create', '-y', '-n', 'strewn', 'links');
    const file = path.join(home.prefix('strewn'), 'mine.txt');
    writeFileSync(file, '');
    await tconda('package', '-n', 'strewn', '--reset', '-y');
    expect(existsSync(file)).toBe(false);
  });

  test('run --prefix is about the environment there', async () => {
    await tconda('create', '-y', '-p', path.join(home.directory, 'there'), 'links');
    const { stdout } = await tconda(
      'run',
      '-p',
      path.join(home.directory, 'there'),
      'sh',
      '-c',
      'echo $CONDA_PREFIX',
    );
    expect(stdout.trim()).toBe(path.join(home.directory, 'there'));
  });

  test('init --all is about every shell', async () => {
    const one = await tconda('init', '--dry-run', 'bash');
    const all = await tconda('init', '--dry-run', '--all');
    expect([one, all].map(({ stdout }) => stdout.includes('config.fish'))).toEqual([false, true]);
  });
});
