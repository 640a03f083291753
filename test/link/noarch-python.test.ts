import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { ExtractedPackage } from '../../src/model/package-files.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';

let env: TestEnvironment;
beforeEach(() => {
  env = createTestEnvironment();
});
afterEach(() => env.dispose());

/** The machine's python, whose packages are linked for; undefined where it has none. */
const machine = findPython();

function findPython(): { readonly program: string; readonly minor: string } | undefined {
  try {
    const code = 'import sys; print(sys.executable); print("%d.%d" % sys.version_info[:2])';
    const [program = '', minor = ''] = execFileSync('python3', ['-c', code], { encoding: 'utf8' }).split(
      '\n',
    );
    return { program: realpathSync(program), minor };
  } catch {
    return undefined;
  }
}

/** A package whose python is the machine's. */
function python(version: string, program = '/bin/false'): ExtractedPackage {
  const minor = version.split('.').slice(0, 2).join('.');
  return env.make(`python ${version}`, { files: { [`bin/python${minor}`]: { link: program } } });
}

function tool(): ExtractedPackage {
  return env.make('tool 1', {
    noarch: 'python',
    depends: ['python'],
    entryPoints: ['hello = tool.cli:main', 'deep = tool:Class.method'],
    files: {
      'site-packages/tool/__init__.py': 'class Class:\n    @staticmethod\n    def method(): print("deep")\n',
      'site-packages/tool/cli.py':
        'def main():\n    import sys; print("hello", sys.argv[0].endswith("hello"))\n',
      'site-packages/tool/broken.py': 'this is no python\n',
      'python-scripts/script': { content: '#!/bin/sh\n', mode: 0o755 },
      'share/data': 'data',
    },
  });
}

describe.runIf(machine !== undefined)('with a python that runs', () => {
  test('python code finds its place, is compiled, and has commands', async () => {
    const { program, minor } = machine ?? { program: '', minor: '' };
    await env.change([python(`${minor}.1`, program), tool()]);
    const site = `lib/python${minor}/site-packages/tool`;
    const pyc = (name: string): string => `${site}/__pycache__/${name}.cpython-${minor.replace('.', '')}.pyc`;
    const record = (await env.load()).records.find(({ name }) => name === 'tool');
    expect(record?.files).toEqual([
      ...['__init__', 'cli', 'broken'].map((name) => `${site}/${name}.py`),
      'bin/script',
      'share/data',
      ...['__init__', 'cli', 'broken'].map(pyc),
      'bin/hello',
      'bin/deep',
    ]);
    const entries = new Map(record?.paths_data.paths.map((entry) => [entry._path, entry]));
    expect(entries.get(pyc('cli'))).toEqual({
      _path: pyc('cli'),
      path_type: 'pyc_file',
      size_in_bytes: statSync(path.join(env.prefix, pyc('cli'))).size,
    });
    // What does not compile is listed all the same, as conda does.
    expect(entries.get(pyc('broken'))).toEqual({ _path: pyc('broken'), path_type: 'pyc_file' });
    expect(entries.get('bin/hello')).toMatchObject({ path_type: 'unix_python_entry_point' });
    expect(statSync(path.join(env.prefix, 'bin/hello')).mode & 0o777).toBe(0o755);

    const run = (command: string): string =>
      execFileSync(path.join(env.prefix, 'bin', command), {
        encoding: 'utf8',
        env: { PATH: '/usr/bin:/bin', PYTHONPATH: path.join(env.prefix, path.dirname(site)) },
      });
    expect(run('hello')).toBe('hello True\n');
    expect(run('deep')).toBe('deep\n');

    await env.change([]);
    expect(env.tree()).toEqual({});
  });

  test('a cache that python wrote itself goes with its source', async () => {
    const { program, minor } = machine ?? { program: '', minor: '' };
    await env.change([python(`${minor}.1`, program), tool()], { compilePyc: false });
    const cache = path.join(env.prefix, `lib/python${minor}/site-packages/tool/__pycache__`);
    expect(existsSync(cache)).toBe(false);
    mkdirSync(cache);
    writeFileSync(path.join(cache, 'cli.cpython-399.pyc'), 'compiled');
    await env.change([]);
    expect(env.tree()).toEqual({});
  });
});

test('python code moves with python', async () => {
  await env.change([python('3.11.2'), tool()], { compilePyc: false });
  expect(env.tree()).toHaveProperty(['lib/python3.11/site-packages/tool/cli.py']);
  await env.change([python('3.12.0'), tool()], { compilePyc: false });
  expect(Object.keys(env.tree()).filter((name) => name.startsWith('lib/python3.11'))).toEqual([]);
  expect(env.tree()).toHaveProperty(['lib/python3.12/site-packages/tool/cli.py']);
  expect(env.tree()['bin/hello']).toContain(`${env.prefix}/bin/python3.12\n`);
});

test('a python that cannot be run is said, and the rest is linked', async () => {
  await env.change([python('3.11.2', '/nowhere/python'), tool()]);
  expect(env.events).toContainEqual(expect.objectContaining({ kind: 'warning', code: 'NOT_COMPILED' }));
  expect(env.tree()).toHaveProperty(['share/data']);
});

test('without python there is no place for python code', async () => {
  await expect(env.change([tool()])).rejects.toMatchObject({ code: 'INVALID_PACKAGE' });
  expect(existsSync(env.prefix)).toBe(false);
});

test.each(['../evil = a:b', 'x = a:b; import os', '.hidden = a:b'])(
  'the command %j is refused before anything changes',
  async (entryPoint) => {
    const evil = env.make('evil 1', { noarch: 'python', entryPoints: [entryPoint] });
    await expect(env.change([python('3.11.2'), evil])).rejects.toMatchObject({ code: 'INVALID_PACKAGE' });
    expect(existsSync(env.prefix)).toBe(false);
  },
);

test.each(['../../evil', '/evil', 'lib/../../evil'])(
  'a place for python code at %j is refused',
  async (place) => {
    const evil = env.make('python 3.11.2', { python_site_packages_path: place });
    await expect(env.change([evil, tool()])).rejects.toMatchObject({ code: 'INVALID_PACKAGE' });
    expect(existsSync(env.prefix)).toBe(false);
  },
);

test('for Windows, commands have a script and a starter', async () => {
  const win = { subdir: 'win-64', canRun: false } as const;
  const base = env.make('python 3.11.2', { subdir: 'win-64', files: { 'python.exe': 'MZ' } });
  await env.change([base, tool()], win);
  expect(Object.keys(env.tree())).toEqual([
    'Lib/site-packages/tool/__init__.py',
    'Lib/site-packages/tool/broken.py',
    'Lib/site-packages/tool/cli.py',
    'Scripts/deep-script.py',
    'Scripts/deep.bat',
    'Scripts/hello-script.py',
    'Scripts/hello.bat',
    'Scripts/script',
    'python.exe',
    'share/data',
  ]);
  expect(env.tree()['Scripts/hello-script.py']).toMatch(/^644 # -\*- coding/);
  const setuptools = env.make('setuptools 70', {
    noarch: 'python',
    files: { 'site-packages/setuptools/cli-64.exe': 'MZ launcher' },
  });
  await env.change([base, tool(), setuptools], { ...win, reinstall: new Set(['tool']) });
  expect(env.tree()['Scripts/hello.exe']).toBe('644 MZ launcher');
});

test.each(['Lib/con.txt', 'a:b', 'dir\\..\\x', 'end.'])(
  'for Windows, the path %j is refused',
  async (place) => {
    const evil = env.make('evil', { subdir: 'win-64', files: { [place]: 'x' } });
    await expect(env.change([evil], { subdir: 'win-64', canRun: false })).rejects.toMatchObject({
      code: 'UNSAFE_ARCHIVE',
    });
    expect(existsSync(env.prefix)).toBe(false);
  },
);
