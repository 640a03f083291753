import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, run, SAMPLE } from '../helpers/cli.ts';
import { schemaProblems } from '../helpers/json-schema.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
const SCHEMAS = path.resolve(import.meta.dirname, '../../docs/json');
const EMPTY = path.resolve(import.meta.dirname);
let server: TestServer;
let home: Home;

beforeAll(async () => {
  if (!isReady) return;
  server = await startServer(SAMPLE);
  home = makeHome();
  mkdirSync(home.directory, { recursive: true });
  writeFileSync(path.join(home.directory, '.condarc'), `channels:\n  - ${server.url}\n`);
  writeFileSync(path.join(home.directory, FILE), 'name: env\ndependencies: [ladder=1.10]\n');
  copyFileSync(path.join(SAMPLE, 'noarch', PACKAGE), path.join(home.directory, PACKAGE));
  for (const [name, ...specs] of [
    ['env', 'ladder=1.9', 'greet=1.1'],
    ['other', 'ladder'],
  ]) {
    // oxlint-disable-next-line no-await-in-loop
    const made = await home.tconda('create', '-y', '-n', name ?? '', ...specs);
    if (made.code !== 0) throw new Error(made.stderr);
  }
});
afterAll(async () => {
  if (!isReady) return;
  await server.close();
  home.remove();
});

/** Files of the folder that commands run in. */
const FILE = 'environment.yml';
const PACKAGE = 'ladder-1.9-0.conda';

const load = (name: string): object =>
  JSON.parse(readFileSync(path.join(SCHEMAS, `${name}.schema.json`), 'utf8')) as object;

/** In this order: later ones see what earlier ones did. */
const CASES: readonly (readonly [schema: string, ...args: readonly string[]])[] = [
  ['list', 'list', '-n', 'env'],
  ['list', 'list', '-n', 'env', '--canonical'],
  ['list', 'list', '-n', 'env', '--explicit'],
  ['list', 'list', '-n', 'env', '--size'],
  ['revisions', 'list', '-n', 'env', '--revisions'],
  ['search', 'search', '*'],
  ['search-envs', 'search', '--envs', 'ladder'],
  ['env-list', 'env', 'list'],
  ['env-list', 'env', 'list', '--size'],
  ['info', 'info'],
  ['config-show', 'config', '--show'],
  ['config-describe', 'config', '--describe'],
  ['config-edit', 'config', '--get'],
  ['config-edit', 'config', '--set', 'always_yes', 'false'],
  ['tree', 'tree', '-n', 'env'],
  ['why', 'why', '-n', 'env', 'greet'],
  ['outdated', 'outdated', '-n', 'env'],
  ['diff', 'diff', 'env', 'other'],
  ['doctor', 'doctor', '-n', 'env'],
  ['repoquery', 'repoquery', 'depends', 'greet'],
  ['repoquery', 'repoquery', 'search', 'nosuch'],
  ['change', 'create', '-n', 'third', '--dry-run', 'greet'],
  ['change', 'create', '-n', 'third', 'greet'],
  ['change', 'install', '-n', 'third', 'greet'],
  ['change', 'update', '-n', 'env', '--all'],
  ['history', 'history', '-n', 'env'],
  ['change', 'undo', '-n', 'env'],
  ['change', 'remove', '-n', 'third', 'greet'],
  ['change', 'env', 'remove', '-n', 'third'],
  ['clean', 'clean', '--all', '--dry-run'],
  ['compare', 'compare', '-n', 'env', FILE],
  ['clone', 'create', '-n', 'copy', '--clone', 'env'],
  ['clone', 'rename', '-n', 'copy', 'renamed', '--dry-run'],
  ['clone', 'rename', '-n', 'copy', 'renamed'],
  ['init', 'init', '--dry-run', 'bash', 'zsh'],
  ['init', 'init', 'bash'],
  ['init', 'init', '--reverse', 'bash'],
  ['notices', 'notices'],
  ['auth', 'auth', 'login', 'http://127.0.0.1:9/x', '--token', 'secret'],
  ['auth', 'auth', 'status'],
  ['auth', 'auth', 'logout', 'http://127.0.0.1:9/x'],
  ...['list', 'inspect', 'verify', 'transmute', 'extract'].map(
    (name) => ['package', 'package', name, PACKAGE] as const,
  ),
  ['package', 'package', 'compress', PACKAGE.replace('.conda', ''), 'again.tar.bz2'],
  ['package', 'package', '-n', 'env', '--untracked'],
  ['plugins', 'plugins'],
  ['index', 'index', 'own'],
  ['freeze', 'freeze', '-n', 'renamed'],
  ['freeze', 'unfreeze', '-n', 'renamed'],
  ['local', 'local', 'env'],
  ['local', 'local'],
  ['local', 'local', '--unset'],
  ['env-vars', 'env', 'config', 'vars', 'set', '-n', 'env', 'A=1'],
  ['env-vars', 'env', 'config', 'vars', 'list', '-n', 'env'],
  ['env-vars', 'env', 'config', 'vars', 'unset', '-n', 'env', 'A'],
  ['commands', 'commands'],
  ['environment', 'export', '-n', 'env'],
  ['environment', 'env', 'export', '-n', 'env'],
  ['done', 'export', '-n', 'env', '--file', 'written.yml'],
  ['done', 'export', '-n', 'env', '--format', 'explicit'],
  ['done', 'export', '-n', 'env', '--format', 'requirements'],
  ['done', 'config', '--validate'],
  ['help', '--help'],
  ['help', 'list', '--help'],
  ['help', 'run', '-h'],
  ...['env', 'env config', 'env config vars', 'auth', 'repoquery', 'env -h'].map(
    (words) => ['help', ...words.split(' ')] as const,
  ),
  ['version', '--version'],
  ['version', '-V'],
  ['code', 'completion', 'fish'],
  ['code', 'shell', 'hook', '-s', 'zsh'],
  ['code', 'shell', 'activate', '-s', 'bash', 'env'],
  ['code', 'shell.bash', 'hook'],
  ['code', 'shell.posix', 'activate', 'env'],
  ['error', 'shell.posix', 'activate', 'nosuch'],
  ['error', 'shell.nosuch', 'hook'],
  ['error', 'list', '-n', 'nosuch'],
  ['error', 'install', '-n', 'env', 'nosuch'],
  ['error', 'install', '-n', 'env', 'ladder=77'],
  ['error', 'list', '--nosuch'],
  ['error', 'config', '--set', 'nosuch', '1'],
];

describe.runIf(isReady)('--json is one JSON value, as docs/json has it', () => {
  test.each(CASES)('%s: %s %s %s %s %s', async (schema, ...args) => {
    const { stdout } = await home.tcondaIn(home.directory, ...args, '--json');
    expect(schemaProblems(JSON.parse(stdout), load(schema))).toEqual([]);
  });

  test('owns', async () => {
    const meta = path.join(home.prefix('env'), 'conda-meta', 'history');
    const { stdout } = await home.tconda('owns', meta, '--json');
    expect(schemaProblems(JSON.parse(stdout), load('owns'))).toEqual([]);
  });

  test.each([
    ['program', 0, ['run', '--json', '-n', 'env', 'sh', '-c', 'cat; echo out; echo err >&2']],
    ['program', 7, ['run', '--json', '-n', 'env', 'sh', '-c', 'exit 7']],
    ['program', 143, ['run', '--json', '-n', 'env', 'sh', '-c', 'kill -TERM $$']],
    ['program', 0, ['exec', '--json', '--', 'greet']],
    ['error', 127, ['run', '--json', '-n', 'env', 'no-such-program']],
    ['error', 126, ['run', '--json', '-n', 'env', './environment.yml']],
    ['error', 1, ['run', '--json', '-n', 'nosuch', 'true']],
    ['error', 2, ['list', '--json=other']],
    ['error', 2, ['--json=other', 'list']],
    ['error', 2, ['--console', 'json', 'nosuch']],
  ] as const)('%s, with code %i: %j', async (schema, exitCode, args) => {
    const { code, stdout, stderr } = await home.tcondaIn(home.directory, ...args);
    expect({ code, stderr }).toEqual({ code: exitCode, stderr: '' });
    expect(schemaProblems(JSON.parse(stdout), load(schema))).toEqual([]);
  });

  test('what a program prints is part of the value', async () => {
    const script = 'echo out; echo err >&2; exit 3';
    const { stdout } = await home.tconda('run', '--json', '-n', 'env', 'sh', '-c', script);
    expect(JSON.parse(stdout)).toEqual({
      success: false,
      exit_code: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test.each([{ CONDA_JSON: '1' }, { TCONDA_JSON: 'yes' }, { CONDARC: 'json.yml' }])(
    'asked for by %j, errors of usage have its form as well',
    async (variables) => {
      writeFileSync(path.join(home.directory, 'json.yml'), 'json: true\n');
      const runIn = (...args: readonly string[]) =>
        run(process.execPath, [CLI, ...args], { ...home.env, ...variables }, home.directory);
      for (const args of [['nosuch'], ['list', '--nosuch'], ['create'], ['list', '-n', 'nosuch']]) {
        // oxlint-disable-next-line no-await-in-loop
        const { stdout } = await runIn(...args);
        expect(schemaProblems(JSON.parse(stdout), load('error'))).toEqual([]);
      }
      expect(await runIn('run', '-n', 'env', 'echo', 'mine')).toMatchObject({ stdout: 'mine\n' });
    },
  );

  /** Runs a command that asks a server which never answers, and does `then` when it has asked. */
  async function whileWaiting(
    env: NodeJS.ProcessEnv,
    then: (child: ChildProcess) => void,
  ): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const args = ['create', '-n', 'late', '-O', '-c', `http://127.0.0.1:${port}/x`, 'greet', '--json'];
    const child = spawn(process.execPath, [CLI, ...args], {
      env: { ...home.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const asked = new Promise((resolve) => silent.once('request', resolve));
    const ended = new Promise((resolve) => child.on('close', resolve));
    const printed = Promise.all([text(child.stdout), text(child.stderr)]);
    await asked;
    then(child);
    const [stdout, stderr] = await printed;
    silent.closeAllConnections();
    silent.close();
    return { code: await ended, stdout, stderr };
  }

  test('an interrupt is one error', async () => {
    const { code, stdout, stderr } = await whileWaiting({}, (child) => child.kill('SIGINT'));
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const value: unknown = JSON.parse(stdout);
    expect(schemaProblems(value, load('error'))).toEqual([]);
    expect(value).toMatchObject({ code: 'INTERRUPTED', success: false });
  });

  test('so is what goes wrong where nobody waits for it', async () => {
    const fault = 'process.on("SIGUSR2",()=>setImmediate(()=>{throw new Error("boom")}))';
    const options = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` };
    const { code, stdout, stderr } = await whileWaiting(options, (child) => child.kill('SIGUSR2'));
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(schemaProblems(JSON.parse(stdout), load('error'))).toEqual([]);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'INTERNAL', message: 'boom' });
  });

  test('a reader that has gone is no error, and nothing is said of it', async () => {
    const script = `node '${CLI}' search '*' --json 2>err | true; cat err`;
    const { stdout } = await run('/bin/sh', ['-c', script], home.env, home.directory);
    expect(stdout).toBe('');
  });

  test('events', async () => {
    const schema = load('events');
    const made = await home.tconda('create', '-n', 'fourth', 'greet', '--json=events');
    const failed = await home.tconda('create', '-n', 'fifth', 'nosuch', '--json=events');
    for (const line of [made, failed].flatMap(({ stdout }) => stdout.trim().split('\n'))) {
      expect(schemaProblems(JSON.parse(line), schema)).toEqual([]);
    }
  });

  test.each([
    ...['activate', 'deactivate', 'clone', 'install', 'update', 'remove', 'rename', 'compare'],
    ...['tree', 'why', 'outdated', 'owns', 'diff', 'history', 'undo', 'doctor', 'freeze', 'unfreeze', 'list'],
    ...['env create', 'env remove', 'env update', 'env export', 'export', 'env config vars list'],
    ...[
      'package',
      'package list',
      'package inspect',
      'package verify',
      'package transmute',
      'package compress',
      'package create',
    ],
    ...['auth login', 'auth logout', 'index a b', 'completion', 'local', 'init nosuch', 'repoquery depends'],
    ...['config --append', 'config --set a', 'config --file', 'search [', 'shell hook -s nosuch', 'nosuch'],
  ])('%s, called wrongly, answers with one error and its exit code', async (words) => {
    const args = [...words.split(' '), '-p', path.join(home.directory, 'nosuch')];
    for (const more of [[], ['--no-such-option'], ['a', 'b', 'c', 'd']]) {
      // oxlint-disable-next-line no-await-in-loop
      const { stdout, code } = await home.tcondaIn(EMPTY, ...args, '--json', ...more);
      expect(code).toBeGreaterThan(0);
      expect(schemaProblems(JSON.parse(stdout), load('error'))).toEqual([]);
    }
  });

  test('every schema is tried', () => {
    const tried = new Set([...CASES.map(([schema]) => schema), 'owns', 'events', 'program']);
    expect(
      readdirSync(SCHEMAS)
        .map((name) => name.replace('.schema.json', ''))
        .filter((name) => !tried.has(name)),
    ).toEqual([]);
  });
});

test('the validator finds what is wrong', () => {
  const schema = load('env-list');
  expect(schemaProblems({ envs: [], envs_details: {} }, schema)).toEqual([]);
  expect(schemaProblems({ envs: [1], envs_details: {} }, schema)).toEqual(['$.envs[0]: 1 is no string']);
  expect(schemaProblems({ envs: [] }, schema)).toEqual(['$: has no envs_details']);
  expect(schemaProblems({ envs: [], envs_details: {}, more: 1 }, schema)).toEqual(['$: may not have more']);
});
