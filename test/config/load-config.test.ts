import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

import { beforeEach, expect, test } from 'vitest';

import { channelTexts, formatSource, loadConfig } from '../../src/config/index.ts';
import type { Host } from '../../src/host/index.ts';
import { type EmptyHome, makeEmptyHome } from './empty-home.ts';

let home = '';
let host: Host;
let write: EmptyHome['write'];

beforeEach(() => {
  ({ home, host, write } = makeEmptyHome());
});

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

test('a file that is found twice counts where it is found first', async () => {
  write('.conda/.condarc', 'quiet: true\n');
  write('.condarc', 'quiet: false\n');
  const config = await loadConfig({ ...host, env: { CONDARC: '~/.conda/.condarc' } });
  expect(config.layers.map(({ source }) => formatSource(source))).toEqual([
    path.join(home, '.conda/.condarc'),
    path.join(home, '.condarc'),
  ]);
  expect(config.get('quiet')).toBe(false);
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

test('warns of keys that nobody knows, not of those of other tools', async () => {
  write('.condarc', 'chanels: [a]\nuse_lockfiles: true\nverify_ssl: false\nplugins: {a: {b: 1}}\n');
  const { warnings } = await loadConfig(host);
  expect(warnings.map(({ kind, message }) => [kind, message])).toEqual([
    ['unknown-key', `Unknown key 'chanels' in ${path.join(home, '.condarc')} (line 1) is ignored`],
  ]);
});

test('only the named files, or none', async () => {
  write('.condarc', 'channels: [a]\n');
  write('other.yml', 'channels: [b]\n');
  expect((await loadConfig(host, { files: [] })).get('channels')).toEqual([]);
  expect((await loadConfig(host, { files: ['other.yml'] })).get('channels')).toEqual(['b']);
});
