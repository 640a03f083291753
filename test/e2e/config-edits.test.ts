import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, type Ran } from '../helpers/cli.ts';

const isReady = existsSync(CLI);
let home: Home;
const at = (name: string): string => path.join(home.directory, name);

beforeAll(() => {
  home = makeHome();
  mkdirSync(path.join(home.prefix('env'), 'conda-meta'), { recursive: true });
  writeFileSync(path.join(home.prefix('env'), 'conda-meta', 'history'), '');
});
afterAll(() => home.remove());

/** The file after `config --file FILE ...args`. */
async function edited(text: string, ...args: readonly string[]): Promise<string> {
  writeFileSync(at('rc.yml'), text);
  const { code, stderr } = await home.tconda('config', '--file', at('rc.yml'), ...args);
  if (code !== 0) throw new Error(stderr);
  return readFileSync(at('rc.yml'), 'utf8');
}

describe.runIf(isReady)('config', () => {
  test.each([
    ['--set', ['--set', 'offline', 'true'], 'quiet: true # mine\n', 'quiet: true # mine\noffline: true\n'],
    [
      '--set of a map',
      ['--set', 'proxy_servers.http', 'http://x:1'],
      '',
      'proxy_servers:\n  http: http://x:1\n',
    ],
    [
      '--append',
      ['--append', 'channels', 'b'],
      'channels:\n  # first\n  - a\n',
      'channels:\n  # first\n  - a\n  - b\n',
    ],
    [
      '--prepend',
      ['--prepend', 'channels', 'b'],
      'channels:\n  - a # mine\n',
      'channels:\n  - b\n  - a # mine\n',
    ],
    ['--add', ['--add', 'channels', 'b'], 'channels:\n  - a\n', 'channels:\n  - b\n  - a\n'],
    [
      '--remove',
      ['--remove', 'channels', 'a'],
      'channels:\n  - a\n  - b # stays\n',
      'channels:\n  - b # stays\n',
    ],
    [
      '--remove-key',
      ['--remove-key', 'quiet'],
      '# top\nquiet: true\noffline: true\n',
      '# top\noffline: true\n',
    ],
    ['--clear', ['--clear', 'channels'], 'channels:\n  - a\n', 'channels: []\n'],
    ['a flow list', ['--append', 'channels', 'c'], 'channels: [a, b] # two\n', 'channels: [a, b, c] # two\n'],
    ['no line break at the end', ['--set', 'quiet', 'true'], 'offline: true', 'offline: true\nquiet: true\n'],
    ['keys of others', ['--set', 'quiet', 'true'], 'of_mamba: {a: 1}\n', 'of_mamba: {a: 1}\nquiet: true\n'],
    [
      'flags in comments',
      ['--append', 'channels', 'b'],
      'channels: #!final\n  - a #!top\n',
      'channels: #!final\n  - a #!top\n  - b\n',
    ],
  ])('%s', async (_, args, before, after) => {
    expect(await edited(before, ...args)).toBe(after);
  });

  test('line ends of Windows stay', async () => {
    const text = await edited('# mine\r\nquiet: true\r\n', '--set', 'offline', 'true');
    expect(text.replaceAll('\r\n', '\n')).toBe('# mine\nquiet: true\noffline: true\n');
    expect(text.split('\n').filter((line) => line !== '' && !line.endsWith('\r'))).toEqual([]);
  });

  test('an anchor stays one', async () => {
    const text = await edited('channels: &mine\n  - a\ndefault_channels: *mine\n', '--set', 'quiet', 'true');
    expect(text).toBe('channels: &mine\n  - a\ndefault_channels: *mine\nquiet: true\n');
  });

  test.each([
    ['a key that stands twice', 'quiet: true\nquiet: false\n'],
    ['tabs', 'channels:\n\t- a\n'],
    ['no YAML', 'channels: [\n'],
  ])('a file with %s is left as it is', async (_, text) => {
    writeFileSync(at('bad.yml'), text);
    const { code, stderr } = await home.tconda('config', '--file', at('bad.yml'), '--set', 'offline', 'true');
    expect(code).toBe(1);
    expect(stderr).toContain('bad.yml');
    expect(readFileSync(at('bad.yml'), 'utf8')).toBe(text);
  });

  test('--stdin merges what it reads', () => {
    writeFileSync(at('in.yml'), 'quiet: true\n');
    const args = [CLI, 'config', '--file', at('in.yml'), '--stdin'];
    const { status } = spawnSync(process.execPath, args, { env: home.env, input: 'offline: true\n' });
    expect({ status, text: readFileSync(at('in.yml'), 'utf8') }).toEqual({
      status: 0,
      text: 'quiet: true\noffline: true\n',
    });
  });

  test('--stdin takes nothing that no setting is, and keeps texts that look like numbers', () => {
    const file = at('typed.yml');
    const feed = (input: string): { readonly status: number | null; readonly stderr: string } =>
      spawnSync(process.execPath, [CLI, 'config', '--file', file, '--stdin'], {
        env: home.env,
        input,
        encoding: 'utf8',
      });
    expect(feed('default_python: 3.10\nchannels: [a]\n').status).toBe(0);
    const text = 'default_python: "3.10"\nchannels:\n  - a\n';
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(feed('channels: a\n').stderr).toContain('channels in stdin (line 1) must be a list');
    expect(feed('no_such: a\n').stderr).toContain("'no_such': unknown parameter");
    expect(feed('[').stderr).toContain('stdin is no YAML');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('a file behind a link changes there, and keeps who may read it', async () => {
    const real = at('dotfiles-condarc');
    writeFileSync(real, 'quiet: true\n');
    chmodSync(real, 0o660);
    rmSync(at('linked.yml'), { force: true });
    symlinkSync(real, at('linked.yml'));
    await home.tconda('config', '--file', at('linked.yml'), '--set', 'offline', 'true');
    expect(readFileSync(real, 'utf8')).toBe('quiet: true\noffline: true\n');
    expect(lstatSync(at('linked.yml')).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o660);
    expect(readdirSync(home.directory).filter((name) => name.startsWith('dotfiles'))).toEqual([
      'dotfiles-condarc',
    ]);
  });

  test('a file in a folder of somebody else changes in its place', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tconda-of-others-'));
    const file = path.join(folder, '.condarc');
    writeFileSync(file, 'quiet: true\n');
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(file, 65_534, 65_534);
    chmodSync(folder, 0o555);
    try {
      const { status } = spawnSync(
        process.execPath,
        [CLI, 'config', '--file', file, '--set', 'offline', 'true'],
        { env: { ...home.env, HOME: folder }, cwd: folder, ...(isRoot && { uid: 65_534, gid: 65_534 }) },
      );
      expect({ status, text: readFileSync(file, 'utf8'), files: readdirSync(folder) }).toEqual({
        status: 0,
        text: 'quiet: true\noffline: true\n',
        files: ['.condarc'],
      });
    } finally {
      chmodSync(folder, 0o755);
      rmSync(folder, { recursive: true });
    }
  });

  test('what several do at once is all done', async () => {
    const file = at('shared.yml');
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(
      names.map((name) => home.tconda('config', '--file', file, '--append', 'channels', name)),
    );
    const items = readFileSync(file, 'utf8').split('\n').slice(1, -1);
    expect(items.toSorted()).toEqual(names.map((name) => `  - ${name}`));
  });

  test.each(['quiet: maybe\n', 'json: maybe\n', 'root_prefix: [a]\n'])(
    'a setting that stops everything can be mended: %j',
    async (text) => {
      writeFileSync(at('.condarc'), text);
      const key = text.slice(0, text.indexOf(':'));
      expect(await home.tconda('config', '--remove-key', key)).toMatchObject({ code: 0 });
      expect(readFileSync(at('.condarc'), 'utf8')).toBe('');
    },
  );

  test('--get says what a file says, and passes over keys that nobody knows', async () => {
    writeFileSync(at('get.yml'), 'quiet: true\nchannels:\n  - a\n  - b\n');
    const { code, stdout, stderr } = await home.tconda(
      'config',
      '--file',
      at('get.yml'),
      '--get',
      'quiet',
      'no_such',
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '--set quiet True\n' });
    expect(stderr).toContain("Unknown key: 'no_such'");
  });

  test('--validate fails for what is wrong', async () => {
    writeFileSync(at('wrong.yml'), 'channel_priority: sometimes\n');
    const env = { ...home.env, CONDARC: at('wrong.yml') };
    const { status } = spawnSync(process.execPath, [CLI, 'config', '--validate'], { env });
    expect(status).toBe(1);
    expect(await home.tconda('config', '--validate')).toMatchObject({ code: 0 });
  });

  test('--write-default writes every key, as a comment', async () => {
    expect(await home.tconda('config', '--file', at('defaults.yml'), '--write-default')).toMatchObject({
      code: 0,
    });
    const lines = readFileSync(at('defaults.yml'), 'utf8').split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
    expect(lines).toContain('# channel_priority: flexible');
    // As comments no more, they are what holds anyway.
    const text = lines.map((line) => line.replace(/^# (?!#)/, '').replace(/^#.*/, '')).join('\n');
    writeFileSync(at('plain.yml'), text);
    expect(await home.tconda('config', '--validate', '--rc-file', at('plain.yml'))).toMatchObject({
      code: 0,
    });
  });

  test('--write-default writes nothing of the user’s, and over nothing', async () => {
    writeFileSync(at('.condarc'), 'proxy_servers:\n  http: http://me:geheim@h\n');
    await home.tconda('config', '--file', at('fresh.yml'), '--write-default');
    expect(readFileSync(at('fresh.yml'), 'utf8')).not.toContain('geheim');
    expect(await home.tconda('config', '--write-default')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds settings already'),
    });
    expect(readFileSync(at('.condarc'), 'utf8')).toContain('geheim');
    rmSync(at('.condarc'));
  });

  test('--rc-file may be called anything, and must be there', async () => {
    writeFileSync(at('settings.txt'), 'quiet: true\n');
    expect(await home.tconda('config', '--show', 'quiet', '--rc-file', at('settings.txt'))).toMatchObject({
      code: 0,
      stdout: 'quiet: True\n',
    });
    expect(await home.tconda('list', '--rc-file', at('nowhere.yml'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no configuration file'),
    });
  });

  test('--show and --describe know a setting by its other names', async () => {
    expect((await home.tconda('config', '--show', 'add_binstar_token', 'yes')).stdout).toBe(
      'add_anaconda_token: True\nalways_yes: None\n',
    );
    expect((await home.tconda('config', '--describe', 'experimental_solver')).stdout).toContain(
      '# # solver (',
    );
  });

  test('--validate tells of all that is wrong, with lines', async () => {
    writeFileSync(
      at('bad.yml'),
      'quiet: maybe\n\nchannels: a\nclient_ssl_cert_key: x\nalways_copy: true\nalways_softlink: true\nyes: 1\nalways_yes: 1\n',
    );
    const { code, stderr } = await home.tconda('config', '--validate', '--rc-file', at('bad.yml'));
    expect(code).toBe(1);
    for (const part of [
      `quiet in ${at('bad.yml')} (line 1): the value 'maybe'`,
      `channels in ${at('bad.yml')} (line 3) must be a list`,
      'client_ssl_cert_key is of no use without client_ssl_cert',
      'always_copy and always_softlink exclude each other',
      'sets always_yes more than once: always_yes (line 8), yes (line 7)',
    ]) {
      expect(stderr).toContain(part);
    }
  });

  test('--system, --env, -n and -p name the file', async () => {
    const set = (...where: readonly string[]): Promise<Ran> =>
      home.tconda('config', ...where, '--set', 'offline', 'false');
    const env = { ...home.env, CONDA_PREFIX: home.prefix('env') };
    mkdirSync(home.root, { recursive: true });
    await set('--system');
    expect(readFileSync(path.join(home.root, '.condarc'), 'utf8')).toBe('offline: false\n');
    for (const where of [
      ['-n', 'env'],
      ['-p', home.prefix('env')],
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other writes the same file
      await set(...where);
      expect(readFileSync(path.join(home.prefix('env'), '.condarc'), 'utf8')).toBe('offline: false\n');
    }
    spawnSync(process.execPath, [CLI, 'config', '--env', '--set', 'quiet', 'false'], { env });
    expect(readFileSync(path.join(home.prefix('env'), '.condarc'), 'utf8')).toBe(
      'offline: false\nquiet: false\n',
    );
    await set();
    expect(readFileSync(at('.condarc'), 'utf8')).toBe('offline: false\n');
  });

  test('an environment that is not there gets no settings', async () => {
    expect(await home.tconda('config', '-n', 'nowhere', '--set', 'quiet', 'true')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Not a conda environment'),
    });
    expect(existsSync(home.prefix('nowhere'))).toBe(false);
  });

  test('a key that nobody knows is warned of once', async () => {
    writeFileSync(at('odd.yml'), 'no_such_key: 1\n');
    const env = { ...home.env, CONDARC: at('odd.yml') };
    const args = [CLI, 'create', '-n', 'new', '--dry-run', '--offline'];
    const { stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    expect(stderr.split('no_such_key')).toHaveLength(2);
  });
});
