import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { beforeEach, describe, expect, test } from 'vitest';

import { channelSettings, channelTexts, loadConfig, prefixOfName } from '../../src/config/index.ts';
import type { Host } from '../../src/host/index.ts';
import { expandChannels } from '../../src/model/channel-list.ts';
import { type EmptyHome, makeEmptyHome } from './empty-home.ts';

let home = '';
let host: Host;
let write: EmptyHome['write'];

beforeEach(() => {
  ({ home, host, write } = makeEmptyHome());
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
