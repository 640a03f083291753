import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { CLI, type Home, makeHome, type Ran, SAMPLE } from '../helpers/cli.ts';

let home: Home;

beforeAll(async () => {
  home = makeHome("hö me's");
  await home.tconda('create', '-y', '-q', '-n', 'plain', '-c', SAMPLE, '-O', 'meta');
  await home.tconda('create', '-y', '-q', '-n', 'scripts', '-c', SAMPLE, '-O', 'activation');
  await home.tconda('env', 'config', 'vars', 'set', '-n', 'scripts', "ODD=it's $HOME");
});
afterAll(() => home.remove());

const NAMES = ['plain', 'scripts'];

test.each(NAMES)('codes from 0 to 255 come through, in %s', async (name) => {
  for (const code of [0, 1, 2, 42, 126, 127, 128, 130, 137, 254, 255]) {
    expect((await home.tconda('run', '-n', name, 'sh', '-c', `exit ${code}`)).code).toBe(code);
  }
});

test.each(NAMES)('words stay as they are, in %s', async (name) => {
  const words = ['a b', "it's", '"', '$HOME', '*', '', 'é\n', '--json', '-n', '--'];
  const { stdout } = await home.tconda('run', '-n', name, 'printf', '[%s]', ...words);
  expect(stdout).toBe(words.map((word) => `[${word}]`).join(''));
});

test('the environment is active for it, scripts and all', async () => {
  const show = 'echo "$CONDA_PREFIX|$CONDA_SHLVL|$ODD|$ACTIVATION_SEEN|$FOO|$(pwd)"';
  const options = ['--cwd', '/usr', '-e', 'FOO=a=b', '-e', 'ODD=mine'];
  const prefix = home.prefix('scripts');
  const own = await home.tconda('run', '-n', 'scripts', 'sh', '-c', show);
  expect(own.stdout.split('|').slice(0, 5)).toEqual([prefix, '1', "it's $HOME", prefix, '']);
  const given = await home.tconda('run', '-n', 'scripts', ...options, 'sh', '-c', show);
  expect(given.stdout).toBe(`${prefix}|1|mine|${prefix}|a=b|/usr\n`);
});

test('what is not there is said', async () => {
  expect(await home.tconda('run', '-n', 'plain', 'nosuch')).toMatchObject({ code: 127 });
  expect((await home.tconda('run', '-n', 'plain', '--cwd', '/nosuch', 'true')).stderr).toContain('/nosuch');
  expect(await home.tconda('run', '-n', 'nosuch', 'true')).toMatchObject({ code: 1 });
  expect(await home.tconda('run', '-n', 'plain')).toMatchObject({ code: 2 });
});

test.each(NAMES)('it stands in a pipeline, in %s', async (name) => {
  const input = Array.from({ length: 50_000 }, (_, index) => `${index}\n`).join('');
  const child = start('run', '-n', name, 'cat');
  child.stdin?.end(input);
  expect((await ended(child)).stdout).toBe(input);
  // A reader that goes away ends the writer.
  const line = `'${process.execPath}' '${CLI}' run -n ${name} yes | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout } = spawnSync('bash', ['-c', line], { env: home.env, encoding: 'utf8' });
  expect(stdout).toBe('y\n141\n');
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const)(
  '%s reaches the program, which may answer it',
  async (signal) => {
    for (const name of NAMES) {
      const short = signal.slice(3);
      const child = start(
        'run',
        '-n',
        name,
        'sh',
        '-c',
        `trap 'echo got; exit 7' ${short}; echo ready; ${IDLE}`,
      );
      await said(child, 'ready');
      child.kill(signal);
      expect(await ended(child)).toMatchObject({ code: 7, signal: null, stdout: 'ready\ngot\n' });
    }
  },
);

// Elsewhere the system takes no notice of SIGTSTP, as nobody could wake up what it stops.
test.runIf(process.platform === 'linux' && hasShellAbove())(
  'SIGTSTP stops the program and its caller, and SIGCONT lets both go on',
  async () => {
    const child = start('run', '-n', 'plain', 'sh', '-c', 'echo "pid=$$"; read x; echo "read=$x"');
    await said(child, 'pid=');
    const program = /pid=(\d+)/.exec(outputs.get(child)?.stdout ?? '')?.[1] ?? '';
    child.kill('SIGTSTP');
    await expect.poll(() => [stateOf(program), stateOf(String(child.pid))]).toEqual(['T', 'T']);
    child.kill('SIGCONT');
    await expect.poll(() => stateOf(program)).toBe('S');
    child.stdin?.end('on\n');
    expect(await ended(child)).toMatchObject({ code: 0, signal: null });
  },
);

/** Whether our process group has a parent in its session: a shell, as a rule. */
function hasShellAbove(): boolean {
  const fieldsOf = (pid: string): readonly string[] =>
    (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '').split(' ');
  let [, parent = '0', group, session] = fieldsOf('self');
  while (parent !== '0') {
    const above = fieldsOf(parent);
    if (above[2] !== group) return above[3] === session;
    parent = above[1] ?? '0';
  }
  return false;
}

/** As /proc says: `S` sleeps, `T` is stopped. */
function stateOf(pid: string): string | undefined {
  return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
  'a program that dies of %s takes its caller along',
  async (signal) => {
    const child = start('run', '-n', 'plain', 'sh', '-c', `kill -${signal.slice(3)} $$`);
    expect(await ended(child)).toMatchObject({ code: null, signal });
  },
);

test('one that dies of a fault gives the code that a shell gives', async () => {
  const child = start('run', '-n', 'plain', 'sh', '-c', 'ulimit -c 0; kill -SEGV $$');
  expect(await ended(child)).toMatchObject({ code: 139, signal: null });
});

test.runIf(existsSync('/usr/bin/script'))('it has the terminal', async () => {
  const line = `'${process.execPath}' '${CLI}' run -n scripts sh -c 'test -t 0 && test -t 1 && test -t 2 && stty size; read x; echo "[$x]"; exit 5'`;
  const child = spawn('script', ['-qec', line, '/dev/null'], { env: home.env, stdio: 'pipe' });
  child.stdin.write('typed\n');
  const { stdout, code } = await ended(child);
  expect(stdout).toMatch(/\d+ \d+/);
  expect(stdout).toContain('[typed]');
  expect(code).toBe(5);
});

const canUnshare = spawnSync('unshare', ['-pf', '--mount-proc', 'true']).status === 0;

test.runIf(canUnshare)('as process 1 it passes signals on, and leaves no zombies', async () => {
  const orphans = `sh -c 'sleep 0.1 & exit 0'; sh -c 'sleep 0.1 & exit 0'; sleep 0.6`;
  const count = `grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l`;
  const inside = ['-n', 'plain', 'sh', '-c', `${orphans}; ${count}; exit 9`];
  expect(await ended(first(...inside))).toMatchObject({ code: 9, stdout: '0\n' });

  const killed = first('-n', 'plain', 'sh', '-c', 'kill -TERM $$');
  expect(await ended(killed)).toMatchObject({ code: 143 });

  // The process outside that stands for the namespace is unshare; its child is process 1 within.
  const script = path.join(home.directory, 'term.sh');
  mkdirSync(home.directory, { recursive: true });
  writeFileSync(script, `trap 'echo stopped; exit 3' TERM; echo ready; ${IDLE}\n`);
  const child = first('-n', 'plain', 'sh', script);
  await said(child, 'ready');
  const pid = spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).stdout.trim();
  process.kill(Number(pid), 'SIGTERM');
  expect(await ended(child)).toMatchObject({ code: 3, stdout: 'ready\nstopped\n' });
});

/** Waits without a child that would hold the streams open. */
const IDLE = 'while :; do sleep 0.05; done';
const outputs = new WeakMap<ChildProcess, { stdout: string; stderr: string }>();

function start(...args: readonly string[]): ChildProcess {
  return collect(spawn(process.execPath, [CLI, ...args], { env: home.env, stdio: 'pipe' }));
}

function first(...args: readonly string[]): ChildProcess {
  const words = ['-pf', '--mount-proc', process.execPath, CLI, 'run', ...args];
  return collect(spawn('unshare', words, { env: home.env, stdio: 'pipe' }));
}

function collect(child: ChildProcess): ChildProcess {
  const output = { stdout: '', stderr: '' };
  outputs.set(child, output);
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  return child;
}

function said(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (outputs.get(child)?.stdout.includes(text) === true) resolve();
    };
    child.stdout?.on('data', look);
    look();
  });
}

function ended(child: ChildProcess): Promise<Ran> {
  if (!outputs.has(child)) collect(child);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout: '', stderr: '', ...outputs.get(child) });
    });
  });
}
