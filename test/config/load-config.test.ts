import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  channelSettings,
  channelTexts,
  formatSource,
  loadConfig,
  prefixOfName,
} from '../../src/config/index.ts';
import { currentHost, type Host } from '../../src/host/index.ts';
import { expandChannels } from '../../src/model/channel-list.ts';

let home = '';
let host: Host;

beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'tconda-config-'));
  host = { ...currentHost(), platform: 'linux', arch: 'x64', home, cwd: home, program: undefined, env: {} };
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

describe('loadConfig', () => {
  test('without any file all is default, and conda-forge is searched', async () => {
    const config = await loadConfig(host);
    expect(config.get('channels')).toEqual([]);
    expect(channelTexts(config)).toEqual(['conda-forge']);
    expect(config.get('subdirs')).toEqual(['linux-64', 'noarch']);
    expect(config.get('root_prefix')).toBe(path.join(home, 'tconda'));
    expect(config.get('envs_dirs')).toEqual([path.join(home, 'tconda/envs'), path.join(home, '.conda/envs')]);
    expect(config.get('pkgs_dirs')).toEqual([path.join(home, 'tconda/pkgs'), path.join(home, '.conda/pkgs')]);
    expect(config.targetPrefix).toBe(path.join(home, 'tconda'));
    expect(config.sources('json')).toEqual([{ kind: 'default' }]);
  });

  test('later places win, lists join, and each value knows where it comes from', async () => {
    const xdg = path.join(home, 'xdg');
    write('root/.condarc', 'channels: [of-root]\nquiet: true\n');
    write('xdg/conda/condarc.d/20-b.yaml', 'channels: [of-b]\nremote_max_retries: 7\n');
    write('xdg/conda/condarc.d/10-a.yml', 'channels: [of-a]\nremote_max_retries: 6\n');
    write('xdg/conda/condarc.d/readme.txt', 'channels: [never]\n');
    write('.condarc', 'channels:\n  - of-home\nquiet: false\n');
    write('env/.condarc', 'channels:\n  - of-env\nsubdir: osx-64\n');
    write('special.yml', 'channels: [special]\n');
    const config = await loadConfig(
      {
        ...host,
        env: {
          CONDA_ROOT: path.join(home, 'root'),
          XDG_CONFIG_HOME: xdg,
          CONDARC: path.join(home, 'special.yml'),
          CONDA_CHANNELS: 'of-conda',
          TCONDA_CHANNELS: 'of-tconda',
        },
      },
      { values: { channels: ['of-cli'] }, target: { prefix: 'env' } },
    );
    expect(config.get('channels')).toEqual([
      'of-cli',
      'of-tconda',
      'of-conda',
      'special',
      'of-env',
      'of-home',
      'of-b',
      'of-a',
      'of-root',
    ]);
    expect(config.get('quiet')).toBe(false);
    expect(config.get('remote_max_retries')).toBe(7);
    expect(config.get('subdir')).toBe('osx-64');
    expect(config.sources('quiet').map(formatSource)).toEqual([path.join(home, '.condarc')]);
    expect(config.sources('channels').map(formatSource).slice(-3)).toEqual([
      'CONDA_CHANNELS',
      'TCONDA_CHANNELS',
      'command line',
    ]);
  });

  test('the files of an environment count for that environment alone', async () => {
    write('a/.condarc', 'json: true\n');
    expect((await loadConfig(host)).get('json')).toBe(false);
    expect((await loadConfig(host, { target: { prefix: 'a' } })).get('json')).toBe(true);
    const active = { ...host, env: { CONDA_PREFIX: path.join(home, 'a') } };
    expect((await loadConfig(active)).get('json')).toBe(true);
    expect((await loadConfig(active, { target: { prefix: 'b' } })).get('json')).toBe(false);
  });

  test.each([
    ['channels:\n  - a\n - b\n', 'syntax'],
    ['- a list\n', 'not-a-map'],
    ['quiet: true\nquiet: false\n', 'duplicate-key'],
    ['\tquiet: true\n', 'tab'],
    ['quiet: *nobody\n', 'composition'],
    ['quiet: true\n---\nquiet: true\n', 'composition'],
    ['quiet: true: false\n', 'token'],
    ['quiet: "true\n', 'token'],
  ])('%j is left out with a warning', async (text, problem) => {
    write('.conda/.condarc', text);
    write('.condarc', 'json: true\n');
    const config = await loadConfig(host);
    expect(config.get('json')).toBe(true);
    expect(config.get('quiet')).toBe(false);
    const file = path.join(home, '.conda/.condarc');
    expect(config.warnings).toEqual([
      {
        kind: 'invalid-file',
        path: file,
        problem,
        message: expect.stringContaining(`(${file}) due to error`),
      },
    ]);
  });

  test('a folder in the place of a file, dead links and an unreadable file stop nothing', async () => {
    mkdirSync(path.join(home, '.condarc'));
    symlinkSync('condarc', path.join(home, 'condarc'));
    expect((await loadConfig({ ...host, env: { CONDARC: 'condarc' } })).get('quiet')).toBe(false);
    symlinkSync(path.join(home, 'nowhere'), path.join(home, '.conda'));
    expect((await loadConfig(host)).get('quiet')).toBe(false);
  });

  test.each([
    ['channels: #!final\n  - a\n', ['a']],
    ['channels:\n  - a #!top\n', ['a', 'c']],
    ['channels:\n  - a # about #!top\n', ['c', 'a']],
    ['channels:\n  - a #!top #!bottom\n', ['c', 'a']],
    ['channels:\n  - "a #!top"\n', ['c', 'a #!top']],
    ['channels:\n  - a#!top\n', ['c', 'a#!top']],
    ['channels: [a] #!top\n', ['c', 'a']],
    ['channels: [a] #!final\n', ['a']],
    ['#!final\nchannels:\n  - a\n', ['c', 'a']],
    ['channels: #!final\r\n  - a\r\n', ['a']],
  ])('what a comment says: %j', async (text, channels) => {
    write('.conda/.condarc', text);
    write('.condarc', 'channels: [c]\n');
    expect((await loadConfig(host)).get('channels')).toEqual(channels);
  });

  test('values that are written as another type', async () => {
    write(
      '.condarc',
      'verbosity: true\nauto_stack: false\nquiet:\nclient_ssl_cert: None\nremote_read_timeout_secs: "12.5"\nchannels: [1, 3.10]\n',
    );
    const config = await loadConfig(host);
    expect(config.get('verbosity')).toBe(1);
    expect(config.get('auto_stack')).toBe(0);
    expect(config.get('quiet')).toBe(false);
    expect(config.get('client_ssl_cert')).toBeNull();
    expect(config.get('remote_read_timeout_secs')).toBe(12.5);
    expect(config.get('channels')).toEqual(['1', '3.10']);
  });

  test('ssl_verify names a path that is there', async () => {
    write('ca.pem', '');
    write('.condarc', 'ssl_verify: ~/ca.pem\n');
    expect((await loadConfig(host)).get('ssl_verify')).toBe('~/ca.pem');
    write('.condarc', 'ssl_verify: ~/nowhere.pem\n');
    const config = await loadConfig(host);
    expect(() => config.get('ssl_verify')).toThrow(expect.objectContaining({ code: 'CONFIG_VALUE' }));
  });

  test('warns of keys that nobody knows, not of those of other tools', async () => {
    write('.condarc', 'chanels: [a]\nuse_lockfiles: true\nverify_ssl: false\nplugins: {a: {b: 1}}\n');
    const { warnings } = await loadConfig(host);
    expect(warnings.map(({ kind, message }) => [kind, message])).toEqual([
      ['unknown-key', `Unknown key 'chanels' in ${path.join(home, '.condarc')} (line 1) is ignored`],
    ]);
  });

  test.each([
    ['quiet: maybe\n', 'quiet', 'CONFIG_VALUE'],
    ['channels: conda-forge\n', 'channels', 'CONFIG_TYPE'],
    ['channel_alias: conda.example\n', 'channel_alias', 'CONFIG_VALUE'],
    ['always_yes: true\nyes: true\n', 'always_yes', 'CONFIG_DUPLICATE'],
  ] as const)('%j makes %s unreadable, and names the file', async (text, key, code) => {
    write('.condarc', text);
    const config = await loadConfig(host);
    expect(() => config.get(key)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('.condarc') }),
    );
    expect(config.get('offline')).toBe(false);
  });

  test('--override-channels takes the channels of the command line alone', async () => {
    write('.condarc', 'channels: [a]\n');
    const flags = { values: { channels: ['b'] }, overrideChannels: true };
    expect((await loadConfig(host, flags)).get('channels')).toEqual(['b']);
    const none = await loadConfig(host, { overrideChannels: true });
    expect(() => none.get('channels')).toThrow(expect.objectContaining({ code: 'USAGE' }));
    write('.condarc', 'override_channels_enabled: false\n');
    const forbidden = await loadConfig(host, flags);
    expect(() => forbidden.get('channels')).toThrow(expect.objectContaining({ code: 'NOT_ALLOWED' }));
  });

  test('only the named files, or none', async () => {
    write('.condarc', 'channels: [a]\n');
    write('other.yml', 'channels: [b]\n');
    expect((await loadConfig(host, { files: [] })).get('channels')).toEqual([]);
    expect((await loadConfig(host, { files: ['other.yml'] })).get('channels')).toEqual(['b']);
  });

  test('variables are replaced where conda does, and paths are made absolute', async () => {
    write('.condarc', 'channels: ["https://u:$PW@h/c"]\npkgs_dirs: [~/p, $UNSET/q]\nenv_prompt: "$PW "\n');
    const config = await loadConfig({ ...host, env: { PW: 'word' } });
    expect(config.get('channels')).toEqual(['https://u:word@h/c']);
    expect(config.get('pkgs_dirs')).toEqual([path.join(home, 'p'), path.join(home, '$UNSET/q')]);
    expect(config.get('env_prompt')).toBe('$PW');
  });
});

describe('the base environment', () => {
  test.each([
    [{ TCONDA_ROOT_PREFIX: '/t', CONDA_ROOT_PREFIX: '/c', CONDA_ROOT: '/r', MAMBA_ROOT_PREFIX: '/m' }, '/t'],
    [{ CONDA_ROOT_PREFIX: '/c', CONDA_ROOT: '/r', MAMBA_ROOT_PREFIX: '/m' }, '/c'],
    [{ CONDA_ROOT: '/r', MAMBA_ROOT_PREFIX: '/m' }, '/r'],
    [{ MAMBA_ROOT_PREFIX: '~/m' }, 'HOME/m'],
  ])('%j', async (env, root) => {
    write('.condarc', 'root_prefix: /f\n');
    expect((await loadConfig({ ...host, env })).get('root_prefix')).toBe(root.replace('HOME', home));
  });

  test('is the conda that tconda is installed in, also from one of its environments', async () => {
    write('conda/conda-meta/history', '');
    write('conda/envs/tools/conda-meta/history', '');
    const program = path.join(home, 'conda/envs/tools/lib/node_modules/tconda/dist/cli.cjs');
    expect((await loadConfig({ ...host, program })).get('root_prefix')).toBe(path.join(home, 'conda'));
    write('.condarc', 'root_prefix: ~/mine\n');
    expect((await loadConfig({ ...host, program })).get('root_prefix')).toBe(path.join(home, 'mine'));
  });

  test('is the conda whose shell this is', async () => {
    write('conda/conda-meta/history', '');
    const env = { CONDA_EXE: path.join(home, 'conda/bin/conda') };
    expect((await loadConfig({ ...host, env })).get('root_prefix')).toBe(path.join(home, 'conda'));
  });
});

describe('the target', () => {
  test('a name is the environment that is there, else the first place', async () => {
    write('.conda/envs/old/conda-meta/history', '');
    const config = await loadConfig(host);
    expect(prefixOfName('old', config)).toBe(path.join(home, '.conda/envs/old'));
    expect(prefixOfName('new', config)).toBe(path.join(home, 'tconda/envs/new'));
    expect(prefixOfName('base', config)).toBe(path.join(home, 'tconda'));
  });

  test.each(['a/b', 'a b', 'a:b', 'a#b', '..', ''])('%j is no name', async (name) => {
    await expect(loadConfig(host, { target: { name } })).rejects.toMatchObject({ code: 'INVALID_VALUE' });
  });

  test('CONDA_ENVS_PATH is searched before the defaults', async () => {
    write('file', '');
    const config = await loadConfig(
      { ...host, env: { CONDA_ENVS_PATH: `${home}/file/envs:${home}/x:/y` } },
      { target: { name: 'e' } },
    );
    expect(config.get('envs_dirs')).toEqual([
      path.join(home, 'file/envs'),
      path.join(home, 'x'),
      '/y',
      path.join(home, 'tconda/envs'),
      path.join(home, '.conda/envs'),
    ]);
    // The first that can be written to.
    expect(config.targetPrefix).toBe(path.join(home, 'x/e'));
  });
});

test('channelSettings knows the local channel of this machine', async () => {
  mkdirSync(path.join(home, 'conda-bld'));
  const config = await loadConfig(host);
  const channels = expandChannels(['local'], channelSettings(config, host));
  expect(channels.map(({ baseUrl }) => baseUrl)).toEqual([`file://${home}/conda-bld`]);
  const local = await loadConfig(host, { values: { use_local: true } });
  expect(channelTexts(local)).toEqual(['local', 'conda-forge']);
});

function write(file: string, text: string): void {
  const whole = path.join(home, file);
  mkdirSync(path.dirname(whole), { recursive: true });
  writeFileSync(whole, text);
}
