import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, type Ran, run } from '../helpers/cli.ts';

let home: Home;
let bin: string;
let env: NodeJS.ProcessEnv;
beforeAll(() => {
  home = makeHome();
  bin = path.join(home.directory, 'bin');
  mkdirSync(path.join(bin, 'tconda-folder'), { recursive: true });
  env = { ...home.env, PATH: `${bin}:${home.env['PATH'] ?? ''}` };
  write('tconda-hello', 'echo "hello $# $*"; exit 3');
  write('conda-hello', 'echo second');
  write('conda-old', 'echo "old $*"');
  write('conda-list', 'echo never');
  write('tconda-cat', 'cat; echo "to stderr" >&2');
  write('tconda-wait', `trap 'echo trapped; exit 9' TERM INT; echo ready; while :; do sleep 0.05; done`);
  write('tconda-killed', 'kill -KILL $$');
  writeFileSync(path.join(bin, 'tconda-plain'), '#!/bin/sh\n');
});
afterAll(() => home.remove());

function write(name: string, body: string): void {
  const file = path.join(bin, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

const tconda = (...args: readonly string[]): Promise<Ran> => run(process.execPath, [CLI, ...args], env);

describe('a program tconda-NAME on PATH is the command NAME', () => {
  test('with all arguments, and its exit code', async () => {
    const args = ['hello', 'you', '--help', '-n', '', '--', 'a b', '--json'];
    expect(await tconda(...args)).toMatchObject({
      stdout: 'hello 7 you --help -n  -- a b --json\n',
      code: 3,
    });
    expect(await tconda('old', 'x')).toMatchObject({ stdout: 'old x\n', code: 0 });
  });

  test('options before it are its own, and help of it is its help', async () => {
    expect(await tconda('-v', '-n', 'env', 'hello', 'x')).toMatchObject({ stdout: 'hello 4 -v -n env x\n' });
    expect(await tconda('help', 'hello')).toMatchObject({ stdout: 'hello 1 --help\n', code: 3 });
  });

  test('our own commands come first, and what is no program is none', async () => {
    expect((await tconda('list', '--help')).stdout).toContain('Usage: tconda list');
    for (const name of ['plain', 'folder', 'helo', '../bin/hello']) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await tconda(name)).toMatchObject({ code: 2, stdout: '' });
    }
  });

  test('it reads what we are given to read, and writes where we write', async () => {
    const child = spawn(process.execPath, [CLI, 'cat'], { env });
    child.stdin.end('one\ntwo\n');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect([stdout, stderr]).toEqual(['one\ntwo\n', 'to stderr\n']);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s is for it to answer', async (signal) => {
    const child = spawn(process.execPath, [CLI, 'wait'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (stdout === '') child.kill(signal);
      stdout += chunk;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    expect([stdout, code]).toEqual(['ready\ntrapped\n', 9]);
  });

  test('what a signal ends ends us as well, which a shell shows as 128 and the number', async () => {
    expect((await tconda('killed')).signal).toBe('SIGKILL');
    const shown = await run('/bin/sh', ['-c', '"$0" "$1" killed; echo $?', process.execPath, CLI], env);
    expect(shown.stdout).toBe('137\n');
  });

  test('plugins lists them', async () => {
    const { stdout } = await tconda('plugins', '--json');
    const found = JSON.parse(stdout) as { name: string; file: string }[];
    const own = found.filter(({ file }) => file.startsWith(bin));
    expect(own).toEqual(
      [
        ['cat', 'tconda-cat'],
        ['hello', 'tconda-hello'],
        ['killed', 'tconda-killed'],
        ['list', 'conda-list'],
        ['old', 'conda-old'],
        ['wait', 'tconda-wait'],
      ].map(([name, file]) => ({ name, file: path.join(bin, file ?? '') })),
    );
    expect((await tconda('plugins')).stdout).toContain(`hello   ${path.join(bin, 'tconda-hello')}\n`);
  });
});
