import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome } from '../../helpers/cli.ts';

const isReady = existsSync(CLI);
let home: Home;
const at = (name: string): string => path.join(home.directory, name);

beforeAll(() => {
  home = makeHome();
  mkdirSync(home.directory, { recursive: true });
});
afterAll(() => home.remove());

describe.runIf(isReady)('config shows', () => {
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

  test('a key that nobody knows is warned of once', async () => {
    writeFileSync(at('odd.yml'), 'no_such_key: 1\n');
    const env = { ...home.env, CONDARC: at('odd.yml') };
    const args = [CLI, 'create', '-n', 'new', '--dry-run', '--offline'];
    const { stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    expect(stderr.split('no_such_key')).toHaveLength(2);
  });
});
