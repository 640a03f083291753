import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { acquireLease } from '../../src/io/lease-file.ts';
import { loadPrefix } from '../../src/record/index.ts';
import { CLI, type Home, makeHome, SAMPLE } from '../helpers/cli.ts';
import { treeOf } from '../helpers/tree.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
const CHANNEL = ['-O', '-c', SAMPLE];
const WANTED = [['greet=1.1'], ['text-prefix', 'links'], ['ladder=1.9'], ['clobber-a=1', 'clobber-b=1']];
let home: Home;
beforeEach(() => {
  home = makeHome('home', {}, existsSync('/dev/shm') ? { below: '/dev/shm' } : {});
});
afterEach(() => home.remove());

/** The files, and what the records say of them; without what depends on who came first. */
function filesOf(prefix: string): Record<string, string> {
  const tree = Object.fromEntries(treeOf(prefix));
  for (const name of Object.keys(tree)) {
    if (name.startsWith('conda-meta/')) tree[name] = '';
  }
  return tree;
}

describe.runIf(isReady)('processes that change one environment at once', () => {
  test('do what they would have done one after the other', async () => {
    const prefix = home.prefix('env');
    const install = (specs: readonly string[]) =>
      home.tconda('install', '-y', '-n', 'env', ...CHANNEL, ...specs);
    await home.tconda('create', '-y', '-n', 'env', ...CHANNEL, 'python=3.12');
    for (const specs of WANTED) expect((await install(specs)).code).toBe(0);
    const serial = filesOf(prefix);
    const { records } = await loadPrefix(prefix);

    rmSync(prefix, { recursive: true });
    await home.tconda('create', '-y', '-n', 'env', ...CHANNEL, 'python=3.12');
    const all = await Promise.all(WANTED.map(install));
    expect(all.map(({ code, stderr }) => (code === 0 ? 'done' : stderr))).toEqual(WANTED.map(() => 'done'));
    expect(filesOf(prefix)).toEqual(serial);
    const now = await loadPrefix(prefix);
    const describeAll = (some: typeof records): string[] =>
      some.map(({ name, version, requested_specs }) => `${name} ${version} ${requested_specs.join()}`);
    expect(describeAll(now.records)).toEqual(describeAll(records));
    expect([...now.history.keys()].toSorted()).toEqual(
      ['python', ...WANTED.flat().map((spec) => spec.replace(/=.*/, ''))].toSorted(),
    );
  }, 120_000);

  test('wait and say so, or give up when told; readers never wait', async () => {
    await home.tconda('create', '-y', '-n', 'env', ...CHANNEL, 'ladder=1.9');
    const meta = path.join(home.prefix('env'), 'conda-meta');
    const lease = await acquireLease(path.join(meta, '.tconda.lock'));
    const refused = await home.tconda(
      'install',
      '-y',
      '-n',
      'env',
      '--lock-timeout',
      '0.2',
      ...CHANNEL,
      'links',
    );
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/LockError: environment .*env is in use by process \d+/);
    const read = await home.tconda('list', '-n', 'env');
    expect(read.stdout).toContain('ladder');

    const waiting = home.tconda('install', '-y', '-n', 'env', ...CHANNEL, 'links');
    await sleep(1500);
    expect((await loadPrefix(home.prefix('env'))).records).toHaveLength(1);
    await lease.release();
    const waited = await waiting;
    expect(waited.code).toBe(0);
    expect(waited.stdout + waited.stderr).toMatch(/Waiting for process \d+/);
    expect((await loadPrefix(home.prefix('env'))).records).toHaveLength(2);
  }, 60_000);

  test('are read without a lock, and never half done', async () => {
    const install = (...specs: readonly string[]) =>
      home.tconda('install', '-y', '-n', 'env', ...CHANNEL, ...specs);
    const old = ['clobber-a=1', 'clobber-b=1', 'ladder=1.9', 'text-prefix=1.0'];
    const fresh = ['clobber-a=2', 'clobber-b=2', 'ladder=2.0', 'text-prefix=1.1'];
    await home.tconda('create', '-y', '-n', 'env', ...CHANNEL, ...old);
    const seen = new Map<string, number>();
    let isDone = false;
    const read = async (): Promise<void> => {
      while (!isDone) {
        const { records } = await loadPrefix(home.prefix('env'));
        const state = records.map(({ name, version }) => `${name}=${version}`).join(' ');
        seen.set(state, (seen.get(state) ?? 0) + 1);
        await sleep(0);
      }
    };
    const reading = read();
    for (const specs of [fresh, old, fresh, old, fresh]) {
      expect((await install(...specs)).code).toBe(0);
    }
    isDone = true;
    await reading;
    const states = [...seen.keys()].map((state) => state.replaceAll('.0', ''));
    expect(new Set(states)).toEqual(
      new Set([old, fresh].map((specs) => specs.join(' ').replaceAll('.0', ''))),
    );
  }, 120_000);

  test('is not made anew by one that was planning while another removed it', async () => {
    await home.tconda('create', '-y', '-n', 'env', ...CHANNEL, 'ladder=1.9');
    const lease = await acquireLease(path.join(home.prefix('env'), 'conda-meta/.tconda.lock'));
    const waiting = home.tconda('install', '-y', '-n', 'env', ...CHANNEL, 'links');
    await sleep(1500);
    rmSync(home.prefix('env'), { recursive: true });
    await lease.release();
    const { code, stderr } = await waiting;
    expect([code, stderr]).toEqual([1, expect.stringContaining('Another process removed')]);
    expect(existsSync(home.prefix('env'))).toBe(false);
  }, 60_000);

  test('undo takes back the last change, also one that was made while it waited', async () => {
    await home.tconda('create', '-y', '-n', 'env', ...CHANNEL, 'ladder=1.9');
    await home.tconda('install', '-y', '-n', 'env', ...CHANNEL, 'links');
    const meta = path.join(home.prefix('env'), 'conda-meta');
    const lease = await acquireLease(path.join(meta, '.tconda.lock'));
    const waiting = home.tconda('undo', '-y', '-n', 'env');
    await sleep(1500);
    // As another process does that had the lock until now.
    const made = await home.tconda('create', '-y', '-p', `${home.prefix('env')}2`, ...CHANNEL, 'modes');
    expect(made.code).toBe(0);
    const other = path.join(`${home.prefix('env')}2`, 'conda-meta');
    writeFileSync(path.join(meta, 'modes-1.0-0.json'), readFileSync(path.join(other, 'modes-1.0-0.json')));
    writeFileSync(path.join(meta, 'history'), readFileSync(path.join(other, 'history')), { flag: 'a' });
    await lease.release();
    const { code, stdout, stderr } = await waiting;
    expect([code, stdout + stderr]).toEqual([0, expect.stringContaining('planning again')]);
    const { records } = await loadPrefix(home.prefix('env'));
    expect(records.map(({ name }) => name)).toEqual(['ladder', 'links']);
  }, 60_000);

  test('are all listed when they make environments anywhere at once', async () => {
    const prefixes = ['a', 'b', 'c', 'd'].map((name) => path.join(home.directory, 'else', name));
    const all = await Promise.all(
      prefixes.map((prefix) => home.tconda('create', '-y', '-p', prefix, ...CHANNEL, 'ladder=1.9')),
    );
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const listed = readFileSync(path.join(home.directory, '.conda/environments.txt'), 'utf8');
    expect(listed.trim().split('\n').toSorted()).toEqual(prefixes);
  }, 60_000);

  test('one of those that create it wins, and the others say that they came too late', async () => {
    const wanted = ['ladder=1.9', 'links', 'text-prefix', 'modes'];
    const all = await Promise.all(
      // Without -y nobody takes the place of what is there.
      wanted.map((spec) => home.tconda('create', '-n', 'env', ...CHANNEL, spec)),
    );
    const won = all.filter(({ code, stdout }) => code === 0 && stdout.includes('tconda activate env'));
    expect(won).toHaveLength(1);
    for (const { code, stdout, stderr } of all.filter((one) => !won.includes(one))) {
      expect(`${code} ${stdout} ${stderr}`).toMatch(/1 [^]*Another process|already exists/);
    }
    const { records } = await loadPrefix(home.prefix('env'));
    expect(records).toHaveLength(1);
    const health = await home.tconda('doctor', '-n', 'env', '--json');
    expect(health.stdout).not.toContain('"ok": false');
  }, 60_000);

  test('one that creates it waits for another, or gives up when told', async () => {
    const beside = path.join(path.dirname(home.prefix('env')), '.env.tconda-new/conda-meta');
    mkdirSync(beside, { recursive: true });
    const lease = await acquireLease(path.join(beside, '.tconda.lock'));
    const args = ['create', '-y', '-n', 'env', ...CHANNEL, 'links'];
    const refused = await home.tconda(...args, '--lock-timeout', '0.2');
    expect(refused.stderr).toMatch(/LockError: environment .*env is in use by process \d+/);
    const waiting = home.tconda(...args);
    await sleep(1500);
    await lease.release();
    const waited = await waiting;
    expect([waited.code, waited.stderr]).toEqual([0, expect.stringMatching(/Waiting for process \d+/)]);
    expect((await loadPrefix(home.prefix('env'))).records).toHaveLength(1);
  }, 60_000);

  test('pass over the lock of one that died', async () => {
    await home.tconda('create', '-y', '-n', 'env', ...CHANNEL, 'ladder=1.9');
    const lock = path.join(home.prefix('env'), 'conda-meta/.tconda.lock');
    const lease = await acquireLease(lock);
    const text = readFileSync(lock, 'utf8');
    await lease.release();
    mkdirSync(path.dirname(lock), { recursive: true });
    writeFileSync(lock, JSON.stringify({ ...(JSON.parse(text) as object), pid: 2 ** 22 - 3 }));
    expect(text).toContain(hostname());
    expect((await home.tconda('install', '-y', '-n', 'env', ...CHANNEL, 'links')).code).toBe(0);
    expect(existsSync(lock)).toBe(false);
  }, 60_000);
});
