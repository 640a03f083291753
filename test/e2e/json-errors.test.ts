import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import { describe, expect, test } from 'vitest';

import { CLI, run } from '../helpers/cli.ts';
import { schemaProblems } from '../helpers/json-schema.ts';
import { isReady, jsonSession, loadSchema } from '../helpers/json-session.ts';

const EMPTY = path.resolve(import.meta.dirname);

describe.runIf(isReady)('with --json, what goes wrong is one JSON value', () => {
  const session = jsonSession();

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
    const { code, stdout, stderr } = await session.home.tcondaIn(session.home.directory, ...args);
    expect({ code, stderr }).toEqual({ code: exitCode, stderr: '' });
    expect(schemaProblems(JSON.parse(stdout), loadSchema(schema))).toEqual([]);
  });

  test.each([{ CONDA_JSON: '1' }, { TCONDA_JSON: 'yes' }, { CONDARC: 'json.yml' }])(
    'asked for by %j, errors of usage have its form as well',
    async (variables) => {
      writeFileSync(path.join(session.home.directory, 'json.yml'), 'json: true\n');
      const runIn = (...args: readonly string[]) =>
        run(process.execPath, [CLI, ...args], { ...session.home.env, ...variables }, session.home.directory);
      for (const args of [['nosuch'], ['list', '--nosuch'], ['create'], ['list', '-n', 'nosuch']]) {
        // oxlint-disable-next-line no-await-in-loop
        const { stdout } = await runIn(...args);
        expect(schemaProblems(JSON.parse(stdout), loadSchema('error'))).toEqual([]);
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
      env: { ...session.home.env, ...env },
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
    expect(schemaProblems(value, loadSchema('error'))).toEqual([]);
    expect(value).toMatchObject({ code: 'INTERRUPTED', success: false });
  });

  test('so is what goes wrong where nobody waits for it', async () => {
    const fault = 'process.on("SIGUSR2",()=>setImmediate(()=>{throw new Error("boom")}))';
    const options = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` };
    const { code, stdout, stderr } = await whileWaiting(options, (child) => child.kill('SIGUSR2'));
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(schemaProblems(JSON.parse(stdout), loadSchema('error'))).toEqual([]);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'INTERNAL', message: 'boom' });
  });

  test('a reader that has gone is no error, and nothing is said of it', async () => {
    const script = `node '${CLI}' search '*' --json 2>err | true; cat err`;
    const { stdout } = await run('/bin/sh', ['-c', script], session.home.env, session.home.directory);
    expect(stdout).toBe('');
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
    const args = [...words.split(' '), '-p', path.join(session.home.directory, 'nosuch')];
    for (const more of [[], ['--no-such-option'], ['a', 'b', 'c', 'd']]) {
      // oxlint-disable-next-line no-await-in-loop
      const { stdout, code } = await session.home.tcondaIn(EMPTY, ...args, '--json', ...more);
      expect(code).toBeGreaterThan(0);
      expect(schemaProblems(JSON.parse(stdout), loadSchema('error'))).toEqual([]);
    }
  });
});
