import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { TOOL } from '../../src/model/tool.ts';
import { CLI, type Home, makeHome, run, SAMPLE } from '../helpers/cli.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let server: TestServer;
let home: Home;
const channel = (): string[] => ['--override-channels', '-c', server.url];

beforeAll(async () => {
  if (!isReady) return;
  server = await startServer(SAMPLE);
  home = makeHome();
  const made = await home.tconda(
    'create',
    '-y',
    '-n',
    'env',
    ...channel(),
    'ladder=1.9',
    'greet=1.1',
    'activation',
  );
  if (made.code !== 0) throw new Error(made.stderr);
});
afterAll(async () => {
  if (!isReady) return;
  await server.close();
  home.remove();
});

/** What was printed, with the paths and addresses of this run taken out. */
function masked(text: string): string {
  return text
    .replaceAll(server.url, 'http://CHANNEL')
    .replaceAll(new URL(server.url).host, 'CHANNEL')
    .replaceAll(home.directory, '/HOME')
    .replaceAll(TOOL.version, 'VERSION')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
    .replace(/ +$/gm, (spaces) => '·'.repeat(spaces.length));
}

describe.runIf(isReady)('what scripts read', () => {
  test('list', async () => {
    const { stdout } = await home.tconda('list', '-n', 'env');
    expect(masked(stdout)).toMatchSnapshot();
  });

  test('list --export', async () => {
    const { stdout } = await home.tconda('list', '-n', 'env', '--export');
    expect(masked(stdout)).toMatchSnapshot();
  });

  test('list --explicit --md5', async () => {
    const { stdout } = await home.tconda('list', '-n', 'env', '--explicit', '--md5');
    expect(masked(stdout).replace(/#[0-9a-f]{32}$/gm, '#MD5')).toMatchSnapshot();
  });

  test('list --json, --canonical, --revisions, --fields', async () => {
    const forms = [
      ['--json', 'ladder'],
      ['--canonical'],
      ['--revisions'],
      ['--fields', 'name,license,build'],
    ];
    for (const form of forms) {
      const { stdout, stderr } = await home.tconda('list', '-n', 'env', ...form);
      expect(stderr).toBe('');
      expect(masked(stdout)).toMatchSnapshot(form.join(' '));
    }
  });

  test('search', async () => {
    const table = await home.tconda('search', ...channel(), 'ladder>=1.9');
    expect(masked(table.stdout)).toMatchSnapshot();
    const json = await home.tconda('search', ...channel(), 'ladder=1.9', '--json');
    const found = JSON.parse(json.stdout) as Record<string, { fn: string; arch: unknown }[]>;
    expect(found['ladder']).toMatchObject([{ fn: 'ladder-1.9-0.conda', arch: null, platform: null }]);
  });

  test('create --dry-run --json', async () => {
    const { stdout, stderr, code } = await home.tconda(
      'create',
      '-n',
      'new',
      '--dry-run',
      '--json',
      ...channel(),
      'ladder=1.9',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      success: true,
      dry_run: true,
      prefix: home.prefix('new'),
      actions: {
        FETCH: [],
        PREFIX: home.prefix('new'),
        LINK: [{ dist_name: 'ladder-1.9-0', platform: 'noarch' }],
      },
    });
    expect(existsSync(home.prefix('new'))).toBe(false);
  });

  test('env list --json', async () => {
    const { stdout } = await home.tconda('env', 'list', '--json');
    const { envs, envs_details: details } = JSON.parse(stdout) as {
      envs: string[];
      envs_details: Record<string, unknown>;
    };
    expect(envs).toEqual([home.root, home.prefix('env')]);
    expect(details[home.prefix('env')]).toMatchObject({
      name: 'env',
      base: false,
      active: false,
      writable: true,
    });
  });

  test('config --show and info --json', async () => {
    const shown = await home.tconda('config', '--show', 'channel_priority', 'envs_dirs');
    expect(masked(shown.stdout)).toBe(
      'channel_priority: flexible\nenvs_dirs:\n  - /HOME/root/envs\n  - /HOME/.conda/envs\n',
    );
    const info = JSON.parse((await home.tconda('info', '--json')).stdout) as Record<string, unknown>;
    expect(info).toMatchObject({
      root_prefix: home.root,
      offline: false,
      envs: [home.root, home.prefix('env')],
    });
  });
});

describe.runIf(isReady)('changes', () => {
  test('the plan, the phases and the hint of a first environment', async () => {
    const { stdout } = await home.tconda('create', '-y', '-n', 'shown', ...channel(), 'ladder=1.9');
    expect(masked(stdout)).toMatchSnapshot();
  });

  test('an environment that can’t be replaced comes back as it was', async () => {
    await home.tconda('create', '-y', '-q', '-n', 'kept', ...channel(), 'ladder=1.9');
    const mine = path.join(home.prefix('kept'), 'notes.txt');
    writeFileSync(mine, 'mine');
    const failed = await home.tconda('create', '-y', '-n', 'kept', ...channel(), 'no-such-package');
    expect(failed.code).toBe(1);
    expect(readFileSync(mine, 'utf8')).toBe('mine');
    const replaced = await home.tconda('create', '-y', '-q', '-n', 'kept', ...channel(), 'ladder=1.10');
    expect(replaced.code).toBe(0);
    expect(existsSync(mine)).toBe(false);
    expect((await home.tconda('list', '-n', 'kept', '-c')).stdout).toContain('ladder-1.10-0');
    expect(readdirSync(path.join(home.root, 'envs')).filter((name) => name.includes('kept'))).toEqual([
      'kept',
    ]);
  });

  test('install, update, remove, and what changes nothing', async () => {
    const change = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
      const { stdout } = await home.tconda(...args, '-n', 'shown', '-y', '--json', ...channel());
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    const names = (result: Record<string, unknown>, key: string): unknown => {
      const actions = result['actions'] as Record<string, readonly { dist_name: string }[] | undefined>;
      return actions[key]?.map((dist) => dist.dist_name);
    };
    const installed = await change('install', 'ladder=1.0=0');
    expect([names(installed, 'UNLINK'), names(installed, 'LINK')]).toEqual([
      ['ladder-1.9-0'],
      ['ladder-1.0-0'],
    ]);
    expect(await change('install', 'ladder=1.0=0')).toEqual({
      success: true,
      message: 'All requested packages already installed.',
    });
    expect(names(await change('update', 'ladder'), 'LINK')).toHaveLength(1);
    expect(await change('update', 'greet')).toMatchObject({ exception_name: 'PackageNotInstalledError' });
    expect(await change('remove', 'greet')).toMatchObject({
      exception_name: 'PackagesNotFoundInPrefixError',
    });
    expect(names(await change('remove', 'ladder'), 'LINK')).toBeUndefined();
  });

  test('an environment of another platform stays one', async () => {
    const made = await home.tconda(
      'create',
      '-y',
      '-q',
      '-n',
      'mac',
      '--subdir',
      'osx-64',
      ...channel(),
      'zlib-like',
    );
    expect(made).toMatchObject({ code: 0 });
    const { stdout } = await home.tconda('list', '-n', 'mac', '--explicit');
    expect(stdout).toContain('# platform: osx-64');
    expect(stdout).toContain(`${server.url}/osx-64/zlib-like-`);
    expect((await home.tconda('env', 'remove', '-y', '-n', 'mac')).code).toBe(0);
  });

  test('env remove takes all of it, and its line in environments.txt', async () => {
    await home.tconda('create', '-y', '-q', '-n', 'gone', ...channel(), 'ladder=1.9');
    const list = path.join(home.directory, '.conda/environments.txt');
    expect(readFileSync(list, 'utf8')).toContain(home.prefix('gone'));
    expect((await home.tconda('env', 'remove', '-y', '-n', 'gone')).code).toBe(0);
    expect(existsSync(home.prefix('gone'))).toBe(false);
    expect(readFileSync(list, 'utf8')).not.toContain(home.prefix('gone'));
    expect((await home.tconda('env', 'remove', '-y', '-n', 'gone')).stderr).toContain(
      'EnvironmentLocationNotFound',
    );
    expect((await home.tconda('remove', '-y', '-n', 'base', '--all')).stderr).toContain('Cannot remove');
  });

  test('clean --dry-run touches nothing, clean empties the caches', async () => {
    const pkgs = path.join(home.root, 'pkgs');
    const before = readdirSync(pkgs);
    expect((await home.tconda('clean', '--all', '--dry-run')).stdout).toMatch(
      /Will remove \d+ \(.*\) tarball\(s\)/,
    );
    expect(readdirSync(pkgs)).toEqual(before);
    const { stdout } = await home.tconda('clean', '--tarballs', '--json', '-y');
    expect(JSON.parse(stdout)).toMatchObject({ success: true, tarballs: { warnings: [] } });
    expect(readdirSync(pkgs).filter((name) => /\.(?:conda|bz2)$/.test(name))).toEqual([]);
  });
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
    const { COMMANDS } = await import('../../src/commands/table.ts');
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
