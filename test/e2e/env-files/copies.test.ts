import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, DEBIAN, run } from '../../helpers/cli.ts';
import { walkFiles } from '../../helpers/walk-files.ts';
import { makeProject, type Project } from './project.ts';

const isReady = existsSync(DEBIAN);
let home: Project['home'];
let project: Project['project'];
let tconda: Project['tconda'];
let ok: Project['ok'];
let setOf: Project['setOf'];

beforeAll(async () => {
  if (!isReady) return;
  ({ home, project, tconda, ok, setOf } = makeProject());
  await ok('env', 'create');
  await ok('create', '-n', 'plain', 'jq', 'lua');
}, 60_000);
afterAll(() => {
  if (isReady) home.remove();
});

describe.runIf(isReady)('environments copied and renamed', () => {
  const longer = 'a-name-that-is-a-good-deal-longer-than-the-one-before';

  beforeAll(async () => {
    const prefix = home.prefix('proj');
    mkdirSync(path.join(prefix, 'share', 'mine'), { recursive: true });
    writeFileSync(path.join(prefix, 'share/mine/paths.txt'), `${prefix}/bin:${prefix}2/bin\n`);
    symlinkSync(path.join(prefix, 'bin/python'), path.join(prefix, 'share/mine/py'));
  });

  test('a clone works, has the files of nobody, and shares nothing that can change', async () => {
    const clone = JSON.parse(
      await ok('create', '-n', 'copy', '--clone', 'proj', '--offline', '--json'),
    ) as object;
    expect(clone).toMatchObject({
      success: true,
      src_prefix: home.prefix('proj'),
      dst_prefix: home.prefix('copy'),
    });
    expect(clone).toHaveProperty(
      'untracked_files',
      expect.arrayContaining(['share/mine/paths.txt', 'bin/tiny']),
    );
    await expectWorking('copy', 'proj');
    expect(readFileSync(path.join(home.prefix('copy'), 'share/mine/paths.txt'), 'utf8')).toBe(
      `${home.prefix('copy')}/bin:${home.prefix('proj')}2/bin\n`,
    );
    await ok('remove', '-n', 'copy', '-y', 'six');
    expect(await ok('run', '-n', 'proj', 'python', '-c', 'import six; print(6)')).toBe('6\n');
  }, 60_000);

  test('what tconda itself writes is no file of a user', async () => {
    expect(JSON.parse(await ok('create', '-p', './here', '--clone', 'plain', '--json'))).toEqual({
      success: true,
      untracked_files: [],
      src_prefix: home.prefix('plain'),
      dst_prefix: path.join(project, 'here'),
    });
    const jq = await run(path.join(project, 'here/bin/jq'), ['-n', '1+1'], home.env);
    expect(jq).toMatchObject({ code: 0, stdout: '2\n' });
  });

  test('a rename leaves nothing of the old place, however long the new one is', async () => {
    const before = await setOf('proj');
    await ok('rename', '-n', 'proj', longer);
    expect(existsSync(home.prefix('proj'))).toBe(false);
    expect(await setOf(longer)).toEqual(before);
    await expectWorking(longer, 'proj');
    const listed = readFileSync(path.join(home.directory, '.conda/environments.txt'), 'utf8').split('\n');
    expect(listed).toContain(home.prefix(longer));
    expect(listed).not.toContain(home.prefix('proj'));
    expect(readdirSync(path.join(home.root, 'envs')).filter((name) => name.startsWith('.'))).toEqual([]);
    // And back, to where strings of programs are shorter again.
    await ok('rename', '-n', longer, 'p');
    await expectWorking('p', longer);
    await ok('install', '-n', 'p', '-y', 'chardet');
    expect(await ok('run', '-n', 'p', 'python', '-c', 'import chardet; print(1)')).toBe('1\n');
  }, 60_000);

  test('whoever is killed while renaming leaves a whole environment', async () => {
    await ok('create', '-n', 'victim', '--clone', 'p');
    const before = await setOf('victim');
    let name = 'victim';
    const seen = new Set<string>();
    for (let round = 0; round < 5; round++) {
      const next = name === 'victim' ? 'victim-renamed' : 'victim';
      const child = spawn(process.execPath, [CLI, 'rename', '-n', name, next, '--yes'], {
        env: home.env,
        stdio: 'ignore',
      });
      setTimeout(() => child.kill('SIGKILL'), 130 + 70 * round);
      await new Promise((resolve) => child.on('close', resolve));
      const there = [name, next].filter((one) =>
        existsSync(path.join(home.prefix(one), 'conda-meta/history')),
      );
      expect(there.length).toBeGreaterThan(0);
      for (const one of there) {
        expect(await setOf(one)).toEqual(before);
        expect(await ok('run', '-n', one, 'tiny')).toBe('1.5\n');
      }
      seen.add(there.includes(next) ? 'moved' : 'stayed');
      name = there.includes(next) ? next : name;
    }
    expect(seen.size).toBeGreaterThan(0);
  }, 60_000);

  test('what must not be renamed is not', async () => {
    expect((await tconda('rename', '-n', 'base', 'x')).stderr).toContain(
      "The 'base' environment cannot be renamed",
    );
    expect((await tconda('rename', '-n', 'plain', 'p')).stderr).toContain(
      'already exists. Override with --yes',
    );
    expect((await tconda('rename', '-n', 'nosuch', 'x')).stderr).toContain('Not a conda environment');
    expect((await tconda('rename', '-n', 'plain', 'x', '--dry-run')).stdout).toBe(
      `Dry run action: clone ${home.prefix('plain')},${home.prefix('x')}\nDry run action: rm_rf ${home.prefix('plain')}\n`,
    );
  });

  async function expectWorking(name: string, former: string): Promise<void> {
    const prefix = home.prefix(name);
    expect(await ok('run', '-n', name, 'tiny')).toBe('1.5\n');
    const code = 'import ssl, sqlite3, sys, sysconfig; print(sys.prefix, sysconfig.get_path("purelib"))';
    expect(await ok('run', '-n', name, 'python', '-c', code)).toBe(
      `${prefix} ${prefix}/lib/python3.11/site-packages\n`,
    );
    const pip = await run(path.join(prefix, 'bin/pip'), ['--version'], home.env);
    expect(pip.stdout).toContain(`${prefix}/lib/python3.11/site-packages/pip`);
    expect(readlinkSync(path.join(prefix, 'share/mine/py'))).toBe(path.join(prefix, 'bin/python'));
    const old = Buffer.from(`/envs/${former}/`);
    const left = walkFiles(prefix)
      .filter((entry) => entry.isFile() && !/\.pyc$|^history$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes(old));
    expect(left).toEqual([]);
  }
});
