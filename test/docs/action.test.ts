import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { CLI, type Home, makeHome, type Ran, run, SAMPLE } from '../helpers/cli.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const isReady = existsSync(CLI) && existsSync(SAMPLE);

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly { readonly id: string; readonly shell?: string; readonly run?: string }[];
  };
}
const text = readFileSync(path.join(ROOT, 'action.yml'), 'utf8');
const action = parse(text) as Action;
const DEFAULTS = Object.fromEntries(
  Object.entries(action.inputs).map(([name, input]) => [name, input.default]),
);

let home: Home;

beforeEach(() => {
  home = makeHome();
  mkdirSync(home.directory, { recursive: true });
});
afterEach(() => home.remove());

/** Runs a step as the runner does. */
async function step(name: string, inputs: Readonly<Record<string, string>>, checkout = ROOT): Promise<Ran> {
  const all = { ...DEFAULTS, program: CLI, channels: pathToFileURL(SAMPLE).href, ...inputs };
  return await run(process.execPath, [path.join(checkout, 'action/main.mjs'), name], {
    PATH: process.env['PATH'],
    HOME: home.directory,
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: 'X64',
    RUNNER_TOOL_CACHE: path.join(home.directory, 'tool cache'),
    GITHUB_WORKSPACE: home.directory,
    GITHUB_OUTPUT: path.join(home.directory, 'output'),
    GITHUB_ENV: path.join(home.directory, 'env'),
    GITHUB_PATH: path.join(home.directory, 'path'),
    ACTION_INPUTS: JSON.stringify(all),
  });
}

/** What a step handed over. */
function told(file: 'output' | 'env'): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const given = path.join(home.directory, file);
  const written = existsSync(given) ? readFileSync(given, 'utf8') : '';
  for (const [, key, , value] of written.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm)) {
    found[key ?? ''] = value ?? '';
  }
  return found;
}

describe('action.yml', () => {
  test('describes inputs and outputs, and names no others', () => {
    const described = [...Object.values(action.inputs), ...Object.values(action.outputs)];
    expect(described.every(({ description }) => description.length > 10)).toBe(true);
    const used = [...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name ?? '');
    expect(used.filter((name) => !(name in action.inputs))).toEqual([]);
    const scripts = ['main', 'inputs', 'program'].map((name) =>
      readFileSync(path.join(ROOT, `action/${name}.mjs`), 'utf8'),
    );
    const read = scripts.flatMap((code) =>
      [...code.matchAll(/inputs\['([\w-]+)'\]/g)].map(([, name]) => name),
    );
    expect(new Set([...read, 'cache'])).toEqual(new Set(Object.keys(action.inputs)));
    const ids = action.runs.steps.map(({ id }) => id);
    const sources = [...text.matchAll(/steps\.(\w+)\.outputs/g)].map(([, id]) => id ?? '');
    expect(sources.every((id) => ids.includes(id))).toBe(true);
  });

  test('puts no input into a command line', () => {
    const lines = action.runs.steps.flatMap(({ run: line }) => line ?? []);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain('${{');
    expect(
      action.runs.steps.every(({ run: line, shell }) => (line === undefined) === (shell === undefined)),
    ).toBe(true);
  });
});

describe('prepare', () => {
  test('the key changes with what is asked for, and begins the same', async () => {
    const keys: string[] = [];
    writeFileSync(path.join(home.directory, 'environment.yml'), 'dependencies: [ladder]\n');
    for (const inputs of [
      { 'environment-file': 'environment.yml' },
      { 'environment-file': 'environment.yml', condarc: 'channels: [x]' },
      { 'create-args': 'ladder' },
      { 'create-args': 'ladder', 'cache-key': 'mine' },
    ]) {
      // oxlint-disable-next-line no-await-in-loop
      expect((await step('prepare', inputs)).code).toBe(0);
      const { 'cache-key': key = '', 'cache-restore-keys': restore = '' } = told('output');
      expect(key.startsWith(restore)).toBe(true);
      keys.push(key);
    }
    writeFileSync(path.join(home.directory, 'environment.yml'), 'dependencies: [ladder=1.9]\n');
    await step('prepare', { 'environment-file': 'environment.yml' });
    keys.push(told('output')['cache-key'] ?? '');
    expect(new Set(keys).size).toBe(5);
    expect(keys[0]).toMatch(/^tconda-linux-x64-\d{4}-\d\d-\d\d-[\da-f]{16}$/);
    expect(keys[3]).toMatch(/^mine-linux-x64-/);
    expect(told('output')['cache-path']).toBe(path.join(home.directory, 'tconda', 'pkgs'));
  });

  test.each([
    [{ 'environment-file': 'nosuch.yml' }, /there is no .*nosuch\.yml/],
    [{ 'cache-period': 'year' }, /'year' is none of day, week, month/],
    [{ activate: 'maybe' }, /activate: 'maybe'/],
    [{ 'create-args': '"numpy' }, /a quote is not closed/],
    [{ 'root-prefix': '/opt/a\nb' }, /root-prefix: has a line break/],
    [{ 'cache-key': 'a,b' }, /cache-key: /],
    [{ program: '', version: '1 & calc' }, /version: '1 & calc'/],
  ])('%j is an error that says why', async (inputs, message) => {
    const { code, stdout } = await step('prepare', inputs as Readonly<Record<string, string>>);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error::/);
    expect(stdout).toMatch(message);
  });
});

describe.runIf(isReady)('create', () => {
  test('makes the environment of specs and hands it to later steps', async () => {
    const made = await step('create', {
      'create-args': 'activation "ladder >=1.9,<1.10"',
      'python-version': '3.12',
      condarc: 'auto_activate: false',
      'init-shell': 'bash zsh',
    });
    expect(made.stderr).toBe('');
    expect(made.code).toBe(0);
    const prefix = told('output')['environment-path'] ?? '';
    expect(prefix).toBe(path.join(home.directory, 'tconda', 'envs', 'ci'));
    expect(existsSync(path.join(prefix, 'conda-meta', 'ladder-1.9-0.json'))).toBe(true);
    expect(existsSync(path.join(prefix, 'bin', 'python'))).toBe(true);
    expect(told('env')).toMatchObject({ CONDA_PREFIX: prefix, CONDA_DEFAULT_ENV: 'ci' });
    expect(readFileSync(path.join(home.directory, 'path'), 'utf8').trim().split('\n').at(-1)).toBe(
      path.join(prefix, 'bin'),
    );
    expect(readFileSync(path.join(home.directory, 'tconda', '.condarc'), 'utf8')).toBe(
      'auto_activate: false\n',
    );
    expect(readFileSync(path.join(home.directory, '.bashrc'), 'utf8')).toContain('tconda');
    // Again is no harm.
    expect((await step('create', { 'create-args': 'ladder' })).code).toBe(0);
    expect(existsSync(path.join(prefix, 'conda-meta', 'ladder-1.9-0.json'))).toBe(false);
  });

  test('makes the environment of a file, by its own name', async () => {
    writeFileSync(path.join(home.directory, 'env.yml'), 'name: own\ndependencies: [ladder=1.9]\n');
    const made = await step('create', {
      'environment-file': 'env.yml',
      'init-shell': 'none',
      activate: 'false',
      'root-prefix': path.join(home.directory, 'elsewhere'),
    });
    expect(made.code).toBe(0);
    expect(told('output')['environment-path']).toBe(path.join(home.directory, 'elsewhere', 'envs', 'own'));
    expect(told('env')).toEqual({ TCONDA_ROOT_PREFIX: path.join(home.directory, 'elsewhere') });
    expect(existsSync(path.join(home.directory, '.bashrc'))).toBe(false);
  });

  test.each([
    ['requirements.txt', 'ladder=1.9\n'],
    ['list.txt', `@EXPLICIT\n${pathToFileURL(SAMPLE).href}/noarch/ladder-1.9-0.conda\n`],
    ['nameless.yml', 'dependencies: [ladder=1.9]\n'],
  ])('makes the environment ci of %s, which names none', async (file, content) => {
    writeFileSync(path.join(home.directory, file), content);
    expect(await step('create', { 'environment-file': file, 'init-shell': 'none' })).toMatchObject({
      code: 0,
    });
    const prefix = path.join(home.directory, 'tconda', 'envs', 'ci');
    expect(told('output')['environment-path']).toBe(prefix);
    expect(existsSync(path.join(prefix, 'conda-meta', 'ladder-1.9-0.json'))).toBe(true);
  });

  test('reads lines, comments and continued lines; shows no password', async () => {
    const made = await step('create', {
      'create-args': `# what we need\nladder=1.9 \\\n  links # and this\n-c http://me:secret@127.0.0.1:1/t/tk-1/x\n--offline`,
      'init-shell': 'none',
    });
    expect(made.stdout).toMatch(
      / ladder=1\.9 links -c http:\/\/\*{3}@127\.0\.0\.1:1\/t\/\*{3}\/x --offline$/m,
    );
    expect(made.stdout + made.stderr).not.toMatch(/secret|tk-1/);
  });

  test('hands over variables as they are, and none that the runner keeps to itself', async () => {
    const inputs = { 'create-args': 'ladder=1.9', 'init-shell': 'none' };
    expect(await step('create', inputs)).toMatchObject({ code: 0 });
    const prefix = told('output')['environment-path'] ?? '';
    const hooks = path.join(prefix, 'etc/conda/activate.d');
    mkdirSync(hooks, { recursive: true });
    const script = [
      'echo said by a package',
      "export LINES_OF='one\nGITHUB_PATH=two'",
      'export NODE_OPTIONS=--no-warnings',
      'export GITHUB_TOKEN=mine',
      'export PATH="/of/a/package:$PATH:/with\na/break"',
    ].join('\n');
    writeFileSync(path.join(hooks, 'hook.sh'), script);
    // As the next run would remake the environment without it.
    const again = path.join(home.directory, 'again');
    writeFileSync(
      again,
      `#!/bin/sh\nif [ "$1" = create ]; then echo '{"prefix": "${prefix}"}'; else exec '${process.execPath}' '${CLI}' "$@"; fi\n`,
      { mode: 0o755 },
    );
    rmSync(path.join(home.directory, 'env'));
    rmSync(path.join(home.directory, 'path'));
    expect(await step('create', { ...inputs, program: again })).toMatchObject({ code: 0 });
    expect(told('env')).toMatchObject({ LINES_OF: 'one\nGITHUB_PATH=two', CONDA_PREFIX: prefix });
    expect(Object.keys(told('env')).filter((name) => /^(?:PATH|NODE_OPTIONS|GITHUB_.*)$/.test(name))).toEqual(
      [],
    );
    const folders = readFileSync(path.join(home.directory, 'path'), 'utf8').trim().split('\n');
    expect(folders).toContain('/of/a/package');
    expect(folders.every((folder) => path.isAbsolute(folder))).toBe(true);
    expect(folders.join('\n')).not.toContain('break');
  });

  test('says why there is none', async () => {
    const { code, stdout } = await step('create', { 'create-args': 'nosuch' });
    expect(code).toBe(1);
    expect(stdout).toContain('::error::PackagesNotFoundInChannelsError');
  });
});

describe.runIf(isReady && existsSync(path.join(ROOT, 'native/dist/libsolv.wasm')))('the program', () => {
  test('is built from a checkout of the action, in a folder with a space, and once only', async () => {
    const checkout = path.join(home.directory, 'owner tconda');
    for (const name of [
      'action',
      'scripts',
      'src',
      'native',
      'LICENSE',
      'package.json',
      'package-lock.json',
    ]) {
      cpSync(path.join(ROOT, name), path.join(checkout, name), {
        recursive: true,
        filter: (from) => !from.endsWith('node_modules'),
      });
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(checkout, 'node_modules'));
    const inputs = {
      program: '',
      'create-args': 'ladder=1.9',
      'root-prefix': path.join(home.directory, 'my root'),
    };
    expect((await step('prepare', inputs, checkout)).code).toBe(0);
    const { 'program-path': folder = '', 'program-key': key } = told('output');
    expect(folder.startsWith(path.join(home.directory, 'tool cache', 'tconda'))).toBe(true);
    expect(key).toBe(`tconda-program-linux-x64-${path.basename(folder)}`);
    expect(await step('create', inputs, checkout)).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(path.join(folder, 'dist', 'cli.cjs'))).toBe(true);
    const prefix = path.join(home.directory, 'my root', 'envs', 'ci');
    expect(told('output')['environment-path']).toBe(prefix);
    // What the cache of the runner brings is used as it is.
    rmSync(path.join(checkout, 'dist'), { recursive: true });
    rmSync(path.join(checkout, 'node_modules'));
    expect((await step('create', { ...inputs, 'create-args': 'links' }, checkout)).code).toBe(0);
    expect(existsSync(path.join(prefix, 'conda-meta', 'links-1.0-0.json'))).toBe(true);
    expect(existsSync(path.join(checkout, 'dist'))).toBe(false);
    // Another source is another program.
    appendFileSync(path.join(checkout, 'src', 'index.ts'), '// more\n');
    await step('prepare', inputs, checkout);
    expect(told('output')['program-path']).not.toBe(folder);
  }, 60_000);

  test('that is given, or published in a version, is not built', async () => {
    await step('prepare', { program: '/usr/bin/tconda' });
    expect(told('output')['program-path']).toBe('');
    await step('prepare', { program: '', version: '9.9.9' });
    expect(told('output')['program-path']).toBe(path.join(home.directory, 'tool cache', 'tconda', '9.9.9'));
  });
});
