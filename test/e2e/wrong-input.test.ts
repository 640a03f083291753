import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, run, SAMPLE } from '../helpers/cli.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { treeOf } from '../helpers/tree.ts';

const isRoot = process.getuid?.() === 0;
/** Whether another user gets at the command line at all. */
const isOpen = spawnSync('setpriv', ['--reuid=65534', 'test', '-r', CLI]).status === 0;
let server: TestServer;
let home: Home;

beforeAll(async () => {
  server = await startServer(SAMPLE);
});
afterAll(() => server.close());
afterEach(() => {
  server.reset();
  home.remove();
});

/** Asks for an environment that can't be had, twice: as text and as JSON. */
async function refuse(
  ...args: readonly string[]
): Promise<{ stderr: string; json: Record<string, unknown> }> {
  home = makeHome();
  const asText = await home.tconda('create', '-y', '-n', 'env', ...args);
  const asJson = await home.tconda('create', '-y', '-n', 'env', '--json', ...args);
  expect(asText.code).toBe(1);
  expect(asJson.code).toBe(1);
  expect(existsSync(home.prefix('env'))).toBe(false);
  expect(existsSync(path.join(home.directory, '.conda', 'environments.txt'))).toBe(false);
  const json = JSON.parse(asJson.stdout) as Record<string, unknown>;
  expect(json).toMatchObject({ success: false });
  return { stderr: asText.stderr, json };
}

const channel = (): string[] => ['--override-channels', '-c', server.url];

describe('a request that can’t be met leaves no trace and says why', () => {
  test('an unknown package, with names that are near', async () => {
    const { stderr, json } = await refuse(...channel(), 'zlib-lik');
    expect(stderr).toContain('The following packages are not available from current channels');
    expect(stderr).toContain('Did you mean zlib-like?');
    expect(json).toMatchObject({
      code: 'PACKAGES_NOT_FOUND',
      exception_name: 'PackagesNotFoundInChannelsError',
      packages: ['zlib-lik'],
      suggestions: ['zlib-like'],
    });
  });

  test('specs that clash', async () => {
    const { stderr, json } = await refuse(...channel(), 'ladder=1', 'constrainer=1', 'ladder>=1.9');
    expect(stderr).toContain('ladder');
    expect(stderr).toContain('constrainer');
    expect(json).toMatchObject({ code: 'UNSATISFIABLE' });
  });

  test('a spec that is none', async () => {
    const { stderr, json } = await refuse(...channel(), 'zlib-like[version=');
    expect(stderr).toContain("Invalid spec 'zlib-like[version='");
    expect(json).toMatchObject({ code: 'INVALID_MATCH_SPEC', exception_name: 'InvalidMatchSpec' });
  });

  test('a channel that nobody serves', async () => {
    const { stderr, json } = await refuse(
      '--override-channels',
      '-c',
      'http://127.0.0.1:9/none',
      'zlib-like',
    );
    expect(stderr).toContain('http://127.0.0.1:9/none');
    expect(json).toMatchObject({ exception_name: 'CondaHTTPError' });
  });

  test('a server that has no such channel', async () => {
    const { stderr, json } = await refuse('--override-channels', '-c', `${server.url}/none`, 'zlib-like');
    expect(stderr).toContain(`${server.url}/none`);
    expect(json).toMatchObject({ exception_name: 'UnavailableInvalidChannel' });
  });

  test.each([
    ['that is cut off', '{"packages": {"zlib-like-1.3.1-h0_1.conda": {"name": "zlib-l'],
    ['that is a web page', '<!doctype html><title>Log in</title>'],
  ])('an index %s', async (_, text) => {
    for (const form of ['repodata_shards.msgpack.zst', 'repodata.json.zst']) {
      server.failAlways(`/linux-64/${form}`, { kind: 'status', status: 404 });
    }
    server.failAlways('/linux-64/repodata.json', { kind: 'body', body: text });
    const { stderr, json } = await refuse(...channel(), 'zlib-like');
    expect(stderr).toContain('/linux-64/repodata.json');
    expect(json).toMatchObject({ code: 'REPODATA_CORRUPT' });
  });

  test('a package that is cut off', async () => {
    const fn = '/linux-64/zlib-like-1.3.1-h0_1.conda';
    const whole = readFileSync(path.join(SAMPLE, fn));
    server.failAlways(fn, { kind: 'body', body: whole.subarray(0, whole.length / 2) });
    const { stderr, json } = await refuse(...channel(), 'zlib-like=1.3.1');
    expect(stderr).toContain('zlib-like-1.3.1-h0_1.conda');
    expect(json).toMatchObject({ exception_name: 'ChecksumMismatchError' });
  });

  test('a package that was tampered with', async () => {
    const fn = '/linux-64/zlib-like-1.3.1-h0_1.conda';
    const changed = readFileSync(path.join(SAMPLE, fn));
    changed[changed.length - 100] = (changed[changed.length - 100] ?? 0) ^ 1;
    server.failAlways(fn, { kind: 'body', body: changed });
    const { stderr, json } = await refuse(...channel(), 'zlib-like=1.3.1');
    expect(stderr).toMatch(/zlib-like-1\.3\.1-h0_1\.conda.*sha256/);
    expect(json).toMatchObject({ code: 'CHECKSUM_MISMATCH' });
  });
});

describe('a prefix that can’t be one', () => {
  test('because it holds something else, which stays as it is', async () => {
    home = makeHome();
    const prefix = path.join(home.directory, 'mine');
    mkdirSync(prefix, { recursive: true });
    writeFileSync(path.join(prefix, 'thesis.tex'), 'years of work');
    const before = treeOf(prefix);
    const { code, stderr } = await home.tconda('create', '-y', '-p', prefix, ...channel(), 'zlib-like');
    expect(code).toBe(1);
    expect(stderr).toContain(prefix);
    expect(treeOf(prefix)).toEqual(before);
  });

  test.runIf(isRoot && isOpen)('because the user may not write there', async () => {
    home = makeHome();
    const shared = mkdtempSync(path.join(tmpdir(), 'tconda-shared-'));
    const nobody = 65534;
    mkdirSync(path.join(shared, 'home'));
    mkdirSync(path.join(shared, 'locked'));
    spawnSync('chown', ['-R', String(nobody), path.join(shared, 'home')]);
    spawnSync('chmod', ['755', shared]);
    const args = ['create', '-y', '-p', path.join(shared, 'locked', 'env'), ...channel(), 'zlib-like'];
    const env = { PATH: process.env['PATH'], HOME: path.join(shared, 'home') };
    const ran = await run(
      'setpriv',
      [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', process.execPath, CLI, ...args],
      env,
    );
    const left = treeOf(path.join(shared, 'locked'));
    rmSync(shared, { recursive: true });
    expect(ran.stderr).toMatch(/EnvironmentNotWritableError: .*locked/);
    expect(ran.code).toBe(1);
    expect([...left]).toEqual([]);
  });

  test.runIf(isRoot)('because the disk is full', async () => {
    home = makeHome();
    const small = path.join(home.directory, 'small');
    mkdirSync(small, { recursive: true });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', small]);
    if (mounted.status !== 0) return;
    try {
      const prefix = path.join(small, 'env');
      const { code, stderr } = await home.tconda('create', '-y', '-p', prefix, ...channel(), 'greet');
      expect(code).toBe(1);
      expect(stderr).toContain('NoSpaceLeftError');
      expect([...treeOf(small)]).toEqual([]);
    } finally {
      spawnSync('umount', [small]);
    }
  });
});

describe('a command line that is wrong', () => {
  test.each([
    [['create', '-n', 'env', '--no-such-option'], '--no-such-option'],
    [['creat', '-n', 'env'], 'create'],
    [['create', '-n', 'a', '-p', '/b'], '-p'],
    [['create', 'zlib-like'], '--name'],
  ])('%j is told from a failure by its exit code', async (args, word) => {
    home = makeHome();
    const { code, stderr } = await home.tconda(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(word);
  });
});
