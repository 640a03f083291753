import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { loadPrefix, recoverPrefix } from '../../src/record/index.ts';
import { CLI, type Home, makeHome, run, SAMPLE } from '../helpers/cli.ts';
import { treeOf } from '../helpers/tree.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
const HOOK = pathToFileURL(path.resolve(import.meta.dirname, '../helpers/kill-at.mjs')).href;
/** Each takes its share of the steps. What is measured is not the disk, and so memory will do for it. */
let lanes: readonly Home[] = [];
beforeAll(() => {
  const shared = existsSync('/dev/shm') ? { below: '/dev/shm' } : {};
  lanes = Array.from({ length: 4 }, () => makeHome('home', {}, shared));
});
afterAll(() => {
  for (const lane of lanes) lane.remove();
});

/** Runs a command that is killed before its `at`th change of the environment. */
async function killedAt(
  home: Home,
  at: number,
  args: readonly string[],
  log?: string,
): Promise<NodeJS.Signals | null> {
  const env = {
    ...home.env,
    KILL_AT: String(at),
    // Also where a new environment is made before it has its name.
    KILL_BELOW: path.dirname(home.prefix('env')),
    ...(log !== undefined && { KILL_LOG: log }),
  };
  const ran = await run(process.execPath, ['--import', HOOK, CLI, ...args], env);
  if (ran.signal === null && ran.code !== 0) throw new Error(ran.stderr);
  return ran.signal;
}

/** All that is in the environment; without the time of this run. */
function state(home: Home): Record<string, string> | undefined {
  const prefix = home.prefix('env');
  if (!existsSync(prefix)) return undefined;
  const tree = Object.fromEntries(treeOf(prefix));
  delete tree['conda-meta/created_at'];
  tree['conda-meta/history'] = readFileSync(path.join(prefix, 'conda-meta/history'), 'utf8').replaceAll(
    /^(?:==>.*<==|# cmd:.*)$/gm,
    '',
  );
  return tree;
}

async function dists(home: Home): Promise<readonly string[] | undefined> {
  const { exists, records } = await loadPrefix(home.prefix('env'));
  return exists ? records.map(({ name, version, build }) => `${name}-${version}-${build}`) : undefined;
}

interface Outcomes {
  readonly old: boolean;
  readonly new: boolean;
}

/** Kills the command at every step in turn; after each there is exactly what was before, or what is after. */
async function killAtEveryStep(args: readonly string[]): Promise<Outcomes> {
  const all = await Promise.all(lanes.map((home, lane) => killInLane(home, lane, args)));
  return { old: all.some((one) => one.old), new: all.some((one) => one.new) };
}

async function killInLane(home: Home, lane: number, args: readonly string[]): Promise<Outcomes> {
  const prefix = home.prefix('env');
  const saved = path.join(home.directory, 'before');
  const copy = (from: string, to: string): void => {
    rmSync(to, { recursive: true, force: true });
    if (existsSync(from)) {
      cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    } else mkdirSync(path.dirname(to), { recursive: true });
  };
  copy(prefix, saved);
  const old = { tree: state(home), dists: await dists(home) };
  const log = path.join(home.directory, 'steps');
  // The first time fills the package cache.
  await killedAt(home, 0, args, log);
  rmSync(log);
  copy(saved, prefix);
  await killedAt(home, 0, args, log);
  const steps = readFileSync(log, 'utf8').split('\n').length - 1;
  rmSync(log);
  const fresh = { tree: state(home), dists: await dists(home) };
  expect(fresh.dists).not.toEqual(old.dists);

  const outcomes = { old: 0, new: 0 };
  for (let at = 1 + lane; at <= steps; at += lanes.length) {
    copy(saved, prefix);
    expect(await killedAt(home, at, args)).toBe('SIGKILL');
    const seen = await dists(home);
    await recoverPrefix(prefix);
    const now = { tree: state(home), dists: await dists(home) };
    const outcome = JSON.stringify(now.dists) === JSON.stringify(old.dists) ? 'old' : 'new';
    outcomes[outcome]++;
    expect(now, `killed at step ${at} of ${steps}`).toEqual(outcome === 'old' ? old : fresh);
    expect(seen, `what a reader saw after step ${at} of ${steps}`).toEqual(now.dists);
    if (at % 16 > 1 || outcome === 'new') continue;
    expect(await killedAt(home, 0, args, '/dev/null')).toBeNull();
    expect({ tree: state(home), dists: await dists(home) }, `the command after step ${at}`).toEqual(fresh);
  }
  return { old: outcomes.old > 0, new: outcomes.new > 0 };
}

describe.runIf(isReady)('a command that is killed leaves the old environment or the new one', () => {
  test('create', async () => {
    const wanted = '[clobber-a=1, clobber-b=1, ladder=1.9]';
    const file = path.join(path.dirname(lanes[0]?.directory ?? ''), 'file.yml');
    writeFileSync(
      file,
      `channels: [${SAMPLE}, nodefaults]\ndependencies: ${wanted}\nvariables: { GREETING: hello }\n`,
    );
    // With all that tconda writes into it itself.
    const outcomes = await killAtEveryStep(['create', '-y', '-n', 'env', '--platform', 'osx-64', '-f', file]);
    expect(outcomes).toEqual({ old: true, new: true });
  }, 120_000);

  test('create, in place of another', async () => {
    const args = [
      'create',
      '-y',
      '-n',
      'env',
      '-O',
      '-c',
      SAMPLE,
      'clobber-a=1',
      'clobber-b=1',
      'ladder=2.0',
    ];
    for (const home of lanes) {
      writeFileSync(path.join(home.prefix('env'), 'mine'), 'goes');
      mkdirSync(path.join(home.prefix('env'), 'bin/own'), { recursive: true });
    }
    expect(await killAtEveryStep(args)).toEqual({ old: true, new: true });
    for (const home of lanes) expect(existsSync(path.join(home.prefix('env'), 'mine'))).toBe(false);
  }, 120_000);

  test('install, which updates and adds', async () => {
    const wanted = ['clobber-b=2', 'ladder=1.9', 'text-prefix'];
    const outcomes = await killAtEveryStep(['install', '-y', '-n', 'env', '-O', '-c', SAMPLE, ...wanted]);
    expect(outcomes).toEqual({ old: true, new: true });
  }, 120_000);

  test('remove', async () => {
    const outcomes = await killAtEveryStep([
      'remove',
      '-y',
      '-n',
      'env',
      'clobber-a',
      'ladder',
      'text-prefix',
    ]);
    expect(outcomes).toEqual({ old: true, new: true });
  }, 120_000);

  test.each([
    ['has nothing to do', ['install', '-y', '-n', 'env', '--offline', '-O', '-c', SAMPLE, 'clobber-b']],
    ['runs a program', ['run', '-n', 'env', 'true']],
    ['sets a variable', ['env', 'config', 'vars', 'unset', '-n', 'env', 'NONE']],
  ])('and a next command that %s puts it in order', async (_, next) => {
    const [home] = lanes;
    if (home === undefined) throw new Error('no lane');
    await home.tconda('create', '-y', '-n', 'env', '-O', '-c', SAMPLE, 'clobber-b', 'ladder=1.9');
    const before = state(home);
    const args = ['install', '-y', '-n', 'env', '-O', '-c', SAMPLE, 'ladder=2.0', 'modes'];
    await home.tconda(...args, '--download-only');
    for (const at of [20, 30]) {
      expect(await killedAt(home, at, args)).toBe('SIGKILL');
      expect(existsSync(path.join(home.prefix('env'), 'conda-meta/.tconda/journal'))).toBe(true);
      const { code, stderr } = await home.tconda(...next);
      expect(`${code} ${stderr}`).toMatch(/^0 [^]*was cut off; it has been taken back/);
      const after = { ...state(home) };
      // What the command itself is for.
      if (before?.['conda-meta/state'] === undefined) delete after['conda-meta/state'];
      expect(after).toEqual(before);
      rmSync(path.join(home.prefix('env'), 'conda-meta/state'), { force: true });
    }
  });
});
