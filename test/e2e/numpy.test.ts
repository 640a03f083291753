import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { findUntrueRecords } from '../helpers/check-records.ts';
import { DEBIAN, type Home, makeHome, type Ran, run } from '../helpers/cli.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { walkFiles } from '../helpers/walk-files.ts';

/** What stands for the prefix in the packages; its beginning is enough to find it. */
const PLACEHOLDER = 'placehold_placehold';
const COMPUTE = 'import numpy; print(numpy.linalg.inv(numpy.eye(3)))';
const IDENTITY = '[[1. 0. 0.]\n [0. 1. 0.]\n [0. 0. 1.]]\n';

describe.runIf(existsSync(DEBIAN))('python and numpy from real packages', () => {
  let server: TestServer;
  let home: Home;
  let other: Home;
  let created: Ran;

  beforeAll(async () => {
    server = await startServer(DEBIAN);
    home = makeHome();
    other = makeHome('a folder with a much longer name, spaces and ümlauts');
    created = await create(home, 'env', server.url, 'numpy');
  });
  afterAll(async () => {
    await server.close();
    home.remove();
    other.remove();
  });

  test('compute, installed over HTTP', async () => {
    expect(created).toMatchObject({ code: 0, stderr: '' });
    const ran = await home.tconda('run', '-n', 'env', 'python', '-c', COMPUTE);
    expect(ran).toEqual({ code: 0, signal: null, stdout: IDENTITY, stderr: '' });
  });

  test('compute in a prefix with another length and odd characters, installed from a file:// channel', async () => {
    const long = await create(other, 'env', pathToFileURL(DEBIAN).href, 'numpy');
    expect(long).toMatchObject({ code: 0 });
    const ran = await other.tconda('run', '-n', 'env', 'python', '-c', COMPUTE);
    expect(ran).toEqual({ code: 0, signal: null, stdout: IDENTITY, stderr: '' });
    const pip = await run(path.join(other.prefix('env'), 'bin', 'pip'), ['--version'], other.env);
    expect(pip.stdout).toContain(path.join(other.prefix('env'), 'lib/python3.11/site-packages/pip'));
  });

  test('leave no placeholder in any file but bytecode', () => {
    const prefix = home.prefix('env');
    const left = walkFiles(prefix)
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.pyc'))
      .map((entry) => path.join(entry.parentPath, entry.name))
      // The records say what the placeholder was.
      .filter((file) => path.dirname(file) !== path.join(prefix, 'conda-meta'))
      .filter((file) => readFileSync(file).includes(PLACEHOLDER));
    expect(left).toEqual([]);
  });

  test('are recorded as conda would record them, and truly', () => {
    const prefix = home.prefix('env');
    expect(findUntrueRecords(prefix)).toEqual([]);
    const history = readFileSync(path.join(prefix, 'conda-meta', 'history'), 'utf8').split('\n');
    expect(history[0]).toMatch(/^==> \d{4}-\d\d-\d\d \d\d:\d\d:\d\d <==$/);
    expect(history[1]).toMatch(/^# cmd: .*tconda create -y -q -n env /);
    expect(history[2]).toMatch(/^# tconda version: \d/);
    // conda passes over comments that it doesn't know; ours say where each package is to be had again.
    const changes = history.slice(3, -2).filter((line) => !line.startsWith('# package: '));
    expect(changes).not.toEqual([]);
    expect(changes.filter((line) => !/^\+\S+\/(?:linux-64|noarch)::\S+$/.test(line))).toEqual([]);
    expect(history.at(-2)).toBe("# update specs: ['numpy']");
    const listed = readFileSync(path.join(home.directory, '.conda', 'environments.txt'), 'utf8');
    expect(listed).toBe(`${prefix}\n`);
  });

  test('run the standard library that leans on shared libraries', async () => {
    const code =
      'import ssl, sqlite3, ctypes, lzma, bz2, readline, zlib, uuid; print(ssl.OPENSSL_VERSION[:8])';
    const ran = await home.tconda('run', '-n', 'env', 'python', '-c', code);
    expect(ran).toMatchObject({ code: 0, stdout: 'OpenSSL \n' });
  });

  test('are all known to pip', async () => {
    const ran = await home.tconda('run', '-n', 'env', 'pip', 'list', '--format=freeze');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^numpy==/m);
  });

  test('give the same set again from list --export', async () => {
    const exported = await home.tconda('list', '-n', 'env', '--export');
    const again = await createAgain('env2', exported.stdout, ['-c', server.url, '--override-channels']);
    expect(again).toMatchObject({ code: 0 });
    expect(await setOf('env2')).toEqual(await setOf('env'));
  });

  test('give the same set again from list --explicit, offline, out of the cache alone', async () => {
    const explicit = await home.tconda('list', '-n', 'env', '--explicit', '--sha256');
    server.reset();
    const again = await createAgain('env3', explicit.stdout, ['--offline']);
    expect(again).toMatchObject({ code: 0 });
    expect(await setOf('env3')).toEqual(await setOf('env'));
    expect(server.paths()).toEqual([]);
    const ran = await home.tconda('run', '-n', 'env3', 'python', '-c', COMPUTE);
    expect(ran.stdout).toBe(IDENTITY);
  });

  test('can be installed into, updated and removed again', async () => {
    const channel = ['-c', server.url, '--override-channels'];
    expect(await home.tconda('install', '-y', '-n', 'env', ...channel, 'requests')).toMatchObject({
      code: 0,
    });
    const ran = await home.tconda(
      'run',
      '-n',
      'env',
      'python',
      '-c',
      'import requests, numpy; print("both")',
    );
    expect(ran.stdout).toBe('both\n');
    expect(await home.tconda('remove', '-y', '-n', 'env', 'requests')).toMatchObject({ code: 0 });
    const names = (await setOf('env')).join('\n');
    expect(names).not.toMatch(/requests|urllib3/);
    expect(names).toMatch(/numpy/);
  });

  async function setOf(name: string): Promise<string[]> {
    const { stdout } = await home.tconda('list', '-n', name, '--export');
    return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  async function createAgain(name: string, list: string, args: readonly string[]): Promise<Ran> {
    const file = path.join(home.directory, `${name}.txt`);
    writeFileSync(file, list);
    return await home.tconda('create', '-y', '-n', name, '--file', file, ...args);
  }
});

function create(home: Home, name: string, channel: string, ...specs: readonly string[]): Promise<Ran> {
  return home.tconda('create', '-y', '-q', '-n', name, '--override-channels', '-c', channel, ...specs);
}
