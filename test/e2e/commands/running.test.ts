import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { TOOL } from '../../../src/model/tool.ts';
import { CLI, run, SAMPLE } from '../../helpers/cli.ts';
import { type CommandsScene, openCommandsScene } from './scene.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let scene: CommandsScene;
let home: CommandsScene['home'];

beforeAll(async () => {
  if (!isReady) return;
  scene = await openCommandsScene();
  ({ home } = scene);
});
afterAll(async () => {
  if (isReady) await scene.close();
});

describe.runIf(isReady)('run', () => {
  test('has the environment, its scripts, its arguments and its exit code', async () => {
    const script = 'echo "$CONDA_DEFAULT_ENV|$SAMPLE_QUOTE|$ACTIVATION_SEEN|$1|$2"; exit 7';
    const ran = await home.tconda('run', '-n', 'env', 'sh', '-c', script, '-', 'a b', '--json');
    expect(ran).toEqual({
      code: 7,
      signal: null,
      stdout: `env|it's "quoted" $HOME|${home.prefix('env')}|a b|--json\n`,
      stderr: '',
    });
  });

  test('finds programs of the environment first, and says what it doesn’t find', async () => {
    expect((await home.tconda('run', '-n', 'env', 'greet')).code).not.toBe(127);
    expect(await home.tconda('run', '-n', 'env', '--cwd', '/usr', 'pwd')).toMatchObject({ stdout: '/usr\n' });
    expect(await home.tconda('run', '-n', 'env', 'no-such-program')).toMatchObject({ code: 127 });
    expect(await home.tconda('run', '-n', 'env')).toMatchObject({ code: 2 });
    expect(await home.tconda('run', '-n', 'none', 'true')).toMatchObject({ code: 1 });
  });

  test('passes signals on, and what is read', async () => {
    const read = spawnSync(process.execPath, [CLI, 'run', '-n', 'env', 'cat'], {
      env: home.env,
      input: 'typed',
    });
    expect(read.stdout.toString()).toBe('typed');
    const script = 'trap "echo caught; exit 3" TERM; echo ready; while :; do sleep 0.05; done';
    const child = spawn(process.execPath, [CLI, 'run', '-n', 'env', 'sh', '-c', script], { env: home.env });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (output === '') child.kill('SIGTERM');
      output += chunk.toString();
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, output }).toEqual({ code: 3, output: 'ready\ncaught\n' });
  });
});

describe.runIf(isReady)('the shell', () => {
  test('bash enters and leaves environments, under set -eu', async () => {
    const script = [
      'set -eu',
      `eval "$('${CLI}' shell.bash hook)"`,
      'tconda activate env',
      'echo "1 $CONDA_DEFAULT_ENV $CONDA_SHLVL $ACTIVATION_SEEN $SAMPLE_HOME"',
      'tconda activate base',
      'echo "2 $CONDA_PREFIX $CONDA_SHLVL ${ACTIVATION_SEEN-none}"',
      'tconda deactivate; tconda deactivate',
      'echo "3 ${CONDA_PREFIX:-none} $CONDA_SHLVL ${SAMPLE_HOME:-none}"',
      'tconda activate nosuch || echo "4 $?"',
    ].join('\n');
    const ran = await run('bash', ['--norc', '-c', script], home.env);
    const prefix = home.prefix('env');
    expect(ran.stdout).toBe(
      `1 env 1 ${prefix} set by a package\n2 ${home.root} 2 none\n3 none 0 none\n4 1\n`,
    );
    expect(ran.stderr).toContain('EnvironmentNameNotFound: Could not find conda environment: nosuch');
  });

  test('without the function it says what to do', async () => {
    const ran = await home.tconda('activate', 'env');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('eval "$(tconda shell.bash hook)"');
  });
});

describe.runIf(isReady)('the line itself', () => {
  test('--version and help', async () => {
    expect((await home.tconda('--version')).stdout).toBe(`${TOOL.name} ${TOOL.version}\n`);
    expect((await home.tconda('-v', '-V')).stdout).toBe(`${TOOL.name} ${TOOL.version}\n`);
    expect(await home.tconda()).toMatchObject({ code: 0, stderr: '' });
    expect((await home.tconda('env')).stdout).toContain('tconda env COMMAND');
    const names = (await home.tconda('commands')).stdout.trim().split('\n');
    expect(names).toContain('create');
  });

  test('every command has help that fits 80 columns', async () => {
    const { COMMANDS } = await import('../../../src/commands/table.ts');
    const paths = COMMANDS.flatMap(({ name, commands }) =>
      commands === undefined ? [[name]] : commands.map((one) => [name, one.name]),
    );
    const helps = await Promise.all(paths.map((words) => home.tconda(...words, '--help')));
    for (const { code, stdout } of helps) {
      expect(code).toBe(0);
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });

  test('a reader that goes away is no error', async () => {
    const line = `'${process.execPath}' '${CLI}' config --show --json | head -c 10 >/dev/null; echo \${PIPESTATUS[0]}`;
    const ran = await run('bash', ['--norc', '-c', line], home.env);
    expect(ran).toMatchObject({ stdout: '0\n', stderr: '' });
  });

  test('packages are made, indexed, opened and installed', async () => {
    const work = path.join(home.directory, 'work');
    mkdirSync(path.join(work, 'tree/share'), { recursive: true });
    writeFileSync(path.join(work, 'tree/share/own.txt'), 'own\n');
    writeFileSync(
      path.join(work, 'own.json'),
      '{"name":"own","version":"1","build":"0","subdir":"noarch","noarch":"generic"}',
    );
    const at = (...names: readonly string[]): string => path.join(work, ...names);
    const made = await home.tconda(
      'package',
      'create',
      at('tree'),
      '-m',
      at('own.json'),
      '-o',
      at('ch/noarch'),
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect((await home.tconda('index', at('ch'))).stdout).toContain('noarch: 1 packages');
    const opened = await home.tconda('package', 'extract', at('ch/noarch/own-1-0.conda'), at('open'));
    expect(opened).toMatchObject({ code: 0 });
    expect(readFileSync(at('open/share/own.txt'), 'utf8')).toBe('own\n');
    const created = await home.tconda(
      'create',
      '-y',
      '-q',
      '-p',
      at('env'),
      '--override-channels',
      '-c',
      at('ch'),
      'own',
    );
    expect(created).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(at('env/share/own.txt'), 'utf8')).toBe('own\n');
  });
});
