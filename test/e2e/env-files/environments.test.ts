import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { DEBIAN, makeHome } from '../../helpers/cli.ts';
import { CHANNEL, makeProject, type Project } from './project.ts';

const isReady = existsSync(DEBIAN);
let home: Project['home'];
let project: Project['project'];
let tconda: Project['tconda'];
let ok: Project['ok'];
let write: Project['write'];
let setOf: Project['setOf'];

beforeAll(async () => {
  if (!isReady) return;
  ({ home, project, tconda, ok, write, setOf } = makeProject());
  await ok('env', 'create');
}, 60_000);
afterAll(() => {
  if (isReady) home.remove();
});

describe.runIf(isReady)('environments out of files', () => {
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
    ['export', '-n', 'proj', '--file', 'x.bin'],
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
