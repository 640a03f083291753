import path from 'node:path';

import { beforeEach, expect, test } from 'vitest';
import * as yaml from 'yaml';

import { parseCondarc } from '../../src/config/condarc.ts';
import { loadConfig, plainValueOf } from '../../src/config/index.ts';
import type { Host } from '../../src/host/index.ts';
import { type EmptyHome, makeEmptyHome } from './empty-home.ts';

let home = '';
let host: Host;
let write: EmptyHome['write'];

beforeEach(() => {
  ({ home, host, write } = makeEmptyHome());
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

test('variables: separators, the word for final, and no setting twice', async () => {
  write('.condarc', 'quiet: true #!final\n');
  const env = {
    CONDA_CHANNELS: ' a, ,b ',
    CONDA_PINNED_PACKAGES: 'x >=1,<2&y',
    CONDA_ENVS_DIRS: '/e:/f',
    CONDA_QUIET: 'no',
    CONDA_OFFLINE: 'yes!important',
    TCONDA_OFFLINE: 'no',
    CONDA_YES: 'true',
    CONDA_ALWAYS_YES: 'true',
    CONDA_PROXY_SERVERS: 'http://p',
  };
  const config = await loadConfig({ ...host, env });
  expect(config.get('channels')).toEqual(['a', 'b']);
  expect(config.get('pinned_packages')).toEqual(['x >=1,<2', 'y']);
  expect(config.get('envs_dirs').slice(0, 2)).toEqual(['/e', '/f']);
  expect(config.get('quiet')).toBe(true);
  expect(config.get('offline')).toBe(true);
  expect(() => config.get('always_yes')).toThrow(expect.objectContaining({ code: 'CONFIG_DUPLICATE' }));
  expect(() => config.get('proxy_servers')).toThrow(expect.objectContaining({ code: 'CONFIG_TYPE' }));
});

test('0 stands for what holds when nobody says, and less is refused', async () => {
  write(
    '.condarc',
    'fetch_threads: 0\nverify_threads: 0\nremote_max_retries: -1\ndefault_activation_env: ""\n',
  );
  const config = await loadConfig(host);
  expect(config.get('fetch_threads')).toBe(5);
  expect(config.get('verify_threads')).toBe(1);
  expect(config.get('default_activation_env')).toBe('base');
  expect(() => config.get('remote_max_retries')).toThrow(expect.objectContaining({ code: 'CONFIG_VALUE' }));
});

test('aliases that mean too much make a file invalid, many values do not', () => {
  const rows = Array.from({ length: 9 }, (_, row) => {
    const inner = row === 0 ? 'x' : `*a${row - 1}`;
    return `a${row}: &a${row} [${Array.from({ length: 9 }, () => inner).join(', ')}]\n`;
  });
  expect(parseCondarc(rows.join(''), yaml)).toMatchObject({ kind: 'invalid', problem: 'composition' });
  const long = `channels: [${Array.from({ length: 120_000 }, (_, item) => `c${item}`).join(', ')}]\n`;
  const read = parseCondarc(long, yaml);
  const last =
    read.kind === 'read' && plainValueOf(read.values.get('channels') ?? { kind: 'scalar', value: 0 });
  expect(Array.isArray(last) && last.at(-1)).toBe('c119999');
});

test('list_fields holds what list can show', async () => {
  write('.condarc', 'list_fields: [name, files]\n');
  const config = await loadConfig(host);
  expect(() => config.get('list_fields')).toThrow(expect.objectContaining({ code: 'CONFIG_VALUE' }));
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

test('variables are replaced where conda does, and paths are made absolute', async () => {
  write('.condarc', 'channels: ["https://u:$PW@h/c"]\npkgs_dirs: [~/p, $UNSET/q]\nenv_prompt: "$PW "\n');
  const config = await loadConfig({ ...host, env: { PW: 'word' } });
  expect(config.get('channels')).toEqual(['https://u:word@h/c']);
  expect(config.get('pkgs_dirs')).toEqual([path.join(home, 'p'), path.join(home, '$UNSET/q')]);
  expect(config.get('env_prompt')).toBe('$PW ');
});
