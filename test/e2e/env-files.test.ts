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
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, DEBIAN, type Home, makeHome, type Ran, run } from '../helpers/cli.ts';
import { sampleChannel } from '../helpers/sample-channel.ts';
import { startServer } from '../helpers/server.ts';
import { walkFiles } from '../helpers/walk-files.ts';
import { makeWheel } from '../helpers/wheel.ts';

const CHANNEL = pathToFileURL(DEBIAN).href;

describe.runIf(existsSync(DEBIAN))('environments and files', () => {
  let home: Home;
  let project: string;

  /** Runs tconda in the project's folder. */
  const tconda = (...args: readonly string[]): Promise<Ran> => home.tcondaIn(project, ...args);
  const write = (name: string, lines: readonly string[]): void =>
    writeFileSync(path.join(project, name), `${lines.join('\n')}\n`);
  const ok = async (...args: readonly string[]): Promise<string> => {
    const ran = await tconda(...args);
    if (ran.code !== 0) throw new Error(`${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  };
  const setOf = async (name: string): Promise<unknown> =>
    (JSON.parse(await ok('list', '-n', name, '--json')) as { dist_name: string; channel: string }[]).map(
      ({ dist_name: dist, channel }) => `${channel} ${dist}`,
    );

  beforeAll(async () => {
    home = makeHome('home', { CONDA_CHANNELS: CHANNEL });
    project = path.join(home.directory, 'my project');
    mkdirSync(project, { recursive: true });
    makeWheel(path.join(project, 'wheels'), 'tinydep', '2.0');
    makeWheel(path.join(project, 'wheels'), 'tinypkg', '1.5', {
      requires: ['tinydep>=1', 'idna'],
      scripts: ['tiny'],
    });
    // An idna that conda's must not give way to.
    makeWheel(path.join(project, 'wheels'), 'idna', '99.0');
    write('environment.yml', [
      'name: proj',
      'channels:',
      `  - ${CHANNEL}`,
      '  - nodefaults',
      'dependencies:',
      '  - python =3.11',
      '  - pip',
      '  - idna',
      '  - lua  # [win or osx]',
      '  - sel(linux): six',
      '  - pip:',
      '      - --no-index',
      '      - --find-links wheels',
      '      - tinypkg',
      'variables:',
      '  PROJ_MODE: "on"',
      '  PROJ_NUM: 3.10',
    ]);
    await ok('env', 'create');
  }, 60_000);
  afterAll(() => home.remove());

  test('env create has made all that the file says', async () => {
    const code =
      'import os, six, tinypkg, idna; print(tinypkg.VERSION, os.environ["PROJ_MODE"], os.environ["PROJ_NUM"])';
    expect(await ok('run', '-n', 'proj', 'python', '-c', code)).toBe('1.5 on 3.10\n');
    expect(await ok('run', '-n', 'proj', 'tiny')).toBe('1.5\n');
    expect(await setOf('proj')).not.toContainEqual(expect.stringContaining('lua'));
    expect(readdirSync(project).toSorted()).toEqual(['environment.yml', 'wheels']);
  });

  test('pip keeps what conda brought, and what it brought itself is seen', async () => {
    const lines = await ok('list', '-n', 'proj', 'idna|tiny');
    expect(lines).toMatch(/^idna +3\.3 +pyh/m);
    expect(lines).toMatch(/^tinydep +2\.0 +pypi_0 +pypi$/m);
    expect(await ok('list', '-n', 'proj', '--no-pip')).not.toContain('tiny');
    expect(await ok('list', '-n', 'proj', '--explicit')).not.toContain('tiny');
    const exported = await tconda('env', 'export', '-n', 'proj');
    expect(exported.stdout).toContain('  - pip:\n      - tinydep==2.0\n      - tinypkg==1.5\nvariables:\n');
    expect(exported.stderr).toContain('CondaExportWarning');
    expect(await tconda('export', '-n', 'proj', '--format', 'explicit')).toMatchObject({ code: 1 });
  });

  test('compare tells conda packages and those of pip', async () => {
    expect(await tconda('compare', '-n', 'proj', 'environment.yml')).toMatchObject({ code: 0 });
    write('other.yml', [
      'dependencies:',
      '  - idna >3.5',
      '  - lua',
      '  - pip',
      '  - pip:',
      '      - tinydep>2',
      '      - nosuch',
    ]);
    const ran = await tconda('compare', '-n', 'proj', 'other.yml');
    expect(ran.code).toBe(1);
    expect(ran.stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^idna found but mismatch. Specification pkg: idna >3.5, Running pkg: idna=3.3=/),
      'lua not found',
      'tinydep found but mismatch. Specification pkg: tinydep>2, Running pkg: tinydep=2.0=pypi_0',
      'nosuch not found',
    ]);
  });

  test('env export, then env create, gives the same', async () => {
    const file = path.join(project, 'exported.yml');
    await ok('env', 'export', '-n', 'proj', '-f', file);
    const text = readFileSync(file, 'utf8').replace(
      '- pip:\n',
      '- pip:\n      - --no-index\n      - --find-links wheels\n',
    );
    writeFileSync(file, text);
    const before = await setOf('proj');
    await ok('env', 'create', '-n', 'again', '-f', 'exported.yml');
    expect(await setOf('again')).toEqual(before);
    expect(await ok('env', 'config', 'vars', 'list', '-n', 'again')).toBe(
      'PROJ_MODE = on\nPROJ_NUM = 3.10\n',
    );
  }, 60_000);

  test('the same without pip, out of JSON, requirements and the explicit list', async () => {
    await ok('create', '-n', 'plain', 'jq', 'lua');
    for (const [name, format] of [
      ['environment.json', 'environment-json'],
      ['spec.txt', 'requirements'],
      ['explicit.txt', 'explicit'],
    ] as const) {
      await ok('export', '-n', 'plain', '--format', format, '--file', name);
      await ok('create', '-n', format, '--file', name);
      expect(await setOf(format)).toEqual(await setOf('plain'));
    }
  });

  test('--from-history has what was asked for, with bounds if wanted', async () => {
    const shown = await ok('env', 'export', '-n', 'plain', '--from-history');
    expect(shown).toContain(`channels:\n  - ${CHANNEL}\ndependencies:\n  - jq\n  - lua\nprefix: `);
    const bounded = await ok('export', '-n', 'plain', '--from-history', '--bounds');
    expect(bounded).toContain('dependencies:\n  - jq >=1.6,<2\n  - lua >=5.4.4,<6\n');
    writeFileSync(path.join(project, 'bounded.yml'), bounded);
    await ok('env', 'create', '-n', 'bounded', '-f', 'bounded.yml');
    expect(await setOf('bounded')).toEqual(await setOf('plain'));
  });

  test('export --platform solves what was asked for again', async () => {
    const other = makeHome('other', { CONDA_CHANNELS: pathToFileURL(await sampleChannel()).href });
    try {
      expect(await other.tconda('create', '-n', 'e', 'greet 1.0.0', 'ladder <1.9')).toMatchObject({
        code: 0,
      });
      const { stdout } = await other.tconda(
        'export',
        '-n',
        'e',
        '--platform',
        'osx-arm64',
        '--format',
        'explicit',
      );
      expect(stdout).toContain('# platform: osx-arm64\n');
      expect(stdout).toMatch(/\/osx-arm64\/python-3\.12\.7-h2_0_cpython\.tar\.bz2\n/);
      expect(stdout).toMatch(/\/noarch\/greet-1\.0\.0-py_0\.tar\.bz2\n/);
      expect(stdout).not.toContain('linux-64');
      const twice = await other.tconda(
        'export',
        '-n',
        'e',
        '--platform',
        'osx-64',
        '--platform',
        'osx-arm64',
      );
      expect(twice.code).toBe(1);
      expect(twice.stderr).toContain('Multiple platforms are not supported');
    } finally {
      other.remove();
    }
  });

  test('archives by URL, in a list and in a lock file, with what the URL says of the user', async () => {
    const server = await startServer(DEBIAN, {
      authorize: ({ headers }) =>
        headers.authorization === `Basic ${Buffer.from('me:secret').toString('base64')}`,
    });
    try {
      const listed = await ok('list', '-n', 'plain', '--explicit', '--sha256');
      const own = server.url.replace('://', '://me:secret@');
      const remote = listed.replaceAll(CHANNEL, own);
      write('private.txt', [remote]);
      await ok('create', '-n', 'private', '--file', 'private.txt', '--copy');
      expect(await ok('list', '-n', 'private', '--explicit')).not.toContain('secret');
      const lines = remote.split('\n').filter((line) => line.startsWith('http'));
      const packages = lines.map((line) => {
        const [url = '', sha256 = ''] = line.split('#');
        const name = path.basename(url).replace(/-[^-]+-[^-]+$/, '');
        return `  - { name: ${name}, version: "0", manager: conda, platform: linux-64, url: "${url}", hash: { sha256: ${sha256} } }`;
      });
      write('conda-lock.yml', ['version: 1', 'metadata: { platforms: [linux-64] }', 'package:', ...packages]);
      await ok('create', '-n', 'locked', '--file', 'conda-lock.yml');
      const names = (set: unknown): unknown => (set as string[]).map((one) => one.split(' ').at(-1));
      expect(names(await setOf('locked'))).toEqual(names(await setOf('plain')));
    } finally {
      await server.close();
    }
  });

  test('files come by URL, in UTF-16 and several at once; the command line and the name win over a prefix', async () => {
    const inPrefix = path.join(project, 'by prefix');
    const plan = async (...args: readonly string[]): Promise<readonly unknown[]> => {
      const { prefix, actions } = JSON.parse(await ok('create', '--dry-run', '--json', ...args)) as {
        prefix: string;
        actions: { LINK: { name: string; channel: string }[] };
      };
      return [prefix, ...actions.LINK.map(({ name }) => name).toSorted()];
    };
    write('a.yml', ['name: a', 'prefix: ./by prefix', 'dependencies: [lua]']);
    write('b.yml', ['prefix: ./by prefix', 'dependencies: [libyaml]']);
    const text = readFileSync(path.join(project, 'b.yml'), 'utf8');
    writeFileSync(path.join(project, 'wide.yml'), Buffer.from(`\uFEFF${text}`, 'utf16le'));
    const server = await startServer();
    server.put('/env.yml', text);
    try {
      const libyaml = [inPrefix, ...(await plan('-n', 'x', 'libyaml')).slice(1)];
      expect(await plan('-f', 'b.yml')).toEqual(libyaml);
      expect(await plan('-f', 'wide.yml')).toEqual(libyaml);
      expect(await plan('-f', `${server.url}/env.yml`)).toEqual(libyaml);
      expect((await plan('-f', 'a.yml'))[0]).toBe(home.prefix('a'));
      const both = await plan('-f', 'a.yml', '-f', 'b.yml', '-n', 'mine', 'oniguruma');
      expect(both).toEqual(expect.arrayContaining([home.prefix('mine'), 'lua', 'libyaml', 'oniguruma']));
    } finally {
      await server.close();
    }
  });

  test('env update adds, and with --prune is exactly the file', async () => {
    await ok('create', '-n', 'upd', 'jq', 'zlib');
    write('update.yml', ['name: upd', 'dependencies:', '  - lua', 'variables: { A: 1 }']);
    await ok('env', 'update', '-f', 'update.yml');
    const grown = await setOf('upd');
    expect(grown).toContainEqual(expect.stringContaining('jq-'));
    expect(grown).toContainEqual(expect.stringContaining('lua-'));
    await ok('env', 'update', '-f', 'update.yml', '--prune');
    await ok('create', '-n', 'fresh', 'lua');
    expect(await setOf('upd')).toEqual(await setOf('fresh'));
    expect(await ok('env', 'export', '-n', 'upd', '--from-history')).toContain(
      'dependencies:\n  - lua\nvariables:\n',
    );
    const again = await ok('env', 'update', '-f', 'update.yml', '--prune', '--json');
    expect(JSON.parse(again)).toEqual({
      success: true,
      message: 'All requested packages already installed.',
    });
  });

  test('variables are set and unset', async () => {
    await ok('env', 'config', 'vars', 'set', '-n', 'upd', 'B=two words', 'C==');
    expect(JSON.parse(await ok('env', 'config', 'vars', 'list', '-n', 'upd', '--json'))).toEqual({
      A: '1',
      B: 'two words',
      C: '=',
    });
    await ok('env', 'config', 'vars', 'unset', '-n', 'upd', 'A', 'C');
    expect(await ok('env', 'config', 'vars', 'list', '-n', 'upd')).toBe('B = two words\n');
    expect(await ok('env', 'export', '-n', 'upd')).toContain('variables:\n  B: two words\n');
    expect(await tconda('env', 'config', 'vars', 'set', '-n', 'upd', 'PATH=/x')).toMatchObject({ code: 1 });
  });

  describe('copied and renamed', () => {
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
      expect((await tconda('rename', '-n', 'plain', 'upd')).stderr).toContain(
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

  test('the base environment needs no installation', async () => {
    const other = makeHome('other', { CONDA_CHANNELS: CHANNEL });
    try {
      expect(await other.tconda('install', '-n', 'base', '-y', 'lua')).toMatchObject({ code: 0 });
      expect((await other.tconda('run', '-n', 'base', 'lua', '-v')).stdout).toContain('Lua 5.4');
    } finally {
      other.remove();
    }
  });

  test.each([
    ['env', 'create', '-f', 'nosuch.yml'],
    ['env', 'create', '-f', 'empty.yml'],
    ['env', 'create', '-f', 'noname.yml'],
    ['env', 'create', '-f', 'npm.yml'],
    ['env', 'create', '-f', 'failing.yml'],
    ['export', '-n', 'plain', '--file', 'x.bin'],
  ])(
    '%s %s %s %s says what is wrong',
    async (...args) => {
      write('empty.yml', []);
      write('noname.yml', ['dependencies: [jq]']);
      write('npm.yml', ['name: npm', 'dependencies:', '  - npm: [left-pad]']);
      write('failing.yml', [
        'name: failing',
        'dependencies:',
        '  - pip',
        '  - pip: [--no-index, nosuch-package-anywhere]',
      ]);
      const ran = await tconda(...args);
      expect(ran.code).not.toBe(0);
      expect(MESSAGES.filter((message) => ran.stderr.includes(message))).toHaveLength(1);
    },
    30_000,
  );
});

const MESSAGES = [
  "nosuch.yml' file not found",
  "'empty.yml' is empty",
  'do not specify a name or prefix',
  "'npm' under 'dependencies' means nothing",
  'Pip failed',
  'tells no format',
];
