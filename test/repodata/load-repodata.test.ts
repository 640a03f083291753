import { rm, writeFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { channelAt, raw, repodataText, writeChannel } from '../helpers/channel.ts';
import { CLOSURE, files, LINUX, NOARCH, records, useServedChannel } from './served-channel.ts';

const world = useServedChannel();

describe('loadRepodata', () => {
  test.each(['http', 'file'])('gives all that a name leads to, over %s', async (scheme) => {
    const base = scheme === 'http' ? `${world.server.url}/ch` : `file://${world.served('ch')}`;
    const repodata = await world.load({ channels: [channelAt(base)] });
    expect(files(repodata)).toEqual(CLOSURE);
    const [python] = records(repodata).filter(({ name }) => name === 'python');
    expect(python).toEqual({
      name: 'python',
      version: '3.12.1',
      build: 'h_0',
      build_number: 0,
      subdir: 'linux-64',
      depends: ['zlib >=1.2', '__glibc >=2.17', 'pip'],
      constrains: [],
      fn: 'python-3.12.1-h_0.conda',
      url: `${base}/linux-64/python-3.12.1-h_0.conda`,
      channel: base,
      schannel: base,
      sha256: python?.sha256,
      md5: python?.md5,
      size: 23,
    });
    const [linux] = repodata.subdirs;
    expect(linux?.kind === 'found' && linux.names()).toContain('unrelated');
    expect(records(repodata).find(({ name }) => name === 'blas')?.noarch).toBe('generic');
  });

  test('keeps to the names when no closure is wanted, and knows patterns', async () => {
    expect(files(await world.load({ closure: false }))).toEqual(['numpy-1.26-py312_0.conda']);
    expect(files(await world.load({ closure: false, names: [], patterns: ['*l*'] }))).toEqual([
      'blas-2-0.conda',
      'unrelated-1-0.conda',
      'zlib-1.3-h_0.conda',
    ]);
  });

  test('leaves out what can not matter, and what only that needs', async () => {
    const isRelevant = ({ name }: { name: string }) => name !== 'python';
    expect(files(await world.load({ isRelevant }))).toEqual(['blas-2-0.conda', 'numpy-1.26-py312_0.conda']);
  });

  test('prefers .conda and remembers its twin; or has no .conda at all', async () => {
    const [zlib] = records(await world.load({ names: ['zlib'] }));
    expect(zlib).toMatchObject({ fn: 'zlib-1.3-h_0.conda', legacy_bz2_size: 'zlib-1.3-h_0.tar.bz2'.length });
    expect(files(await world.load({ names: ['zlib'] }, { useOnlyTarBz2: true }))).toEqual([
      'zlib-1.3-h_0.tar.bz2',
    ]);
  });

  test('leaves pip alone when told', async () => {
    expect(files(await world.load({ names: ['python'] }, { addPipAsPythonDependency: false }))).toEqual([
      'python-3.12.1-h_0.conda',
      'zlib-1.3-h_0.conda',
    ]);
  });

  test('follows base_url, relative and absolute', async () => {
    for (const [base, expected] of [
      ['https://elsewhere.example/x', 'https://elsewhere.example/x/'],
      ['../files/', `${world.server.url}/ch/files/`],
    ]) {
      await writeFile(
        world.served('ch', 'linux-64', 'repodata.json'),
        repodataText(LINUX, { info: { subdir: 'linux-64', base_url: base }, repodata_version: 2 }),
      );
      const [zlib] = records(await world.load({ names: ['zlib'] }, { localRepodataTtl: 0 }));
      expect(zlib?.url).toBe(`${expected}zlib-1.3-h_0.conda`);
      expect(zlib?.channel).toBe(`${world.server.url}/ch`);
      world.time += 1000;
    }
    await writeFile(
      world.served('ch', 'linux-64', 'repodata.json'),
      repodataText(LINUX, { info: { base_url: 'file:///etc' } }),
    );
    await expect(world.load({}, { localRepodataTtl: 0 })).rejects.toMatchObject({ code: 'REPODATA_CORRUPT' });
  });

  test('refuses a version it does not know', async () => {
    await writeFile(
      world.served('ch', 'linux-64', 'repodata.json'),
      '{"repodata_version": 3, "packages": {}}',
    );
    await expect(world.load()).rejects.toThrow('has version 3');
  });

  test('leaves out records that can not be used, and says so', async () => {
    await writeFile(
      world.served('ch', 'linux-64', 'repodata.json'),
      repodataText([
        ...LINUX,
        raw('numpy 1.27 a', { name: '../../evil' }),
        raw('numpy 1.27 b', { version: '1/../..' }),
        raw('numpy 1.27 c', { sha256: 'abc' }),
        raw('numpy 1.27 d', { record_version: 2 }),
        raw('numpy 1.27 e', { depends: 'python' }),
        raw('numpy 1.27 f', { name: '__glibc' }),
      ]),
    );
    expect(files(await world.load())).toEqual(CLOSURE);
    expect(world.warnings()).toEqual(['unusable-record']);
  });
});

describe('a subdir', () => {
  test('may be missing, but not all of a channel', async () => {
    await rm(world.served('ch', 'noarch'), { recursive: true });
    const repodata = await world.load();
    expect(repodata.subdirs.map(({ kind, subdir }) => `${subdir} ${kind}`)).toEqual([
      'linux-64 found',
      'noarch missing',
    ]);
    const typo = channelAt(`${world.server.url}/typo`);
    await expect(world.load({ channels: [channelAt(`${world.server.url}/ch`), typo] })).rejects.toMatchObject(
      {
        code: 'CHANNEL_UNAVAILABLE',
        message: `HTTP 404 Not Found for channel ${world.server.url}/typo <${world.server.url}/typo>`,
      },
    );
    await expect(
      world.load({ channels: [channelAt(`file://${world.directory}/none`)] }),
    ).rejects.toMatchObject({
      code: 'CHANNEL_UNAVAILABLE',
    });
  });

  test('that was missing is found as soon as it is there', async () => {
    await rm(world.served('ch', 'noarch'), { recursive: true });
    await world.load();
    await writeChannel(world.served('ch'), { noarch: NOARCH });
    world.time += 1000;
    expect(files(await world.load())).toEqual(CLOSURE);
  });

  test('that wants a login is an error that says so', async () => {
    world.server.failAlways(/noarch/, { kind: 'status', status: 401 });
    await expect(world.load()).rejects.toMatchObject({
      code: 'HTTP_FAILED',
      hint: expect.stringContaining('login'),
    });
  });

  test('in brackets is searched alone', async () => {
    const repodata = await world.load({
      channels: [{ ...channelAt(`${world.server.url}/ch`), onlySubdirs: ['noarch'] }],
    });
    expect(repodata.subdirs.map(({ subdir }) => subdir)).toEqual(['noarch']);
  });
});
