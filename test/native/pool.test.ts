import { readFileSync } from 'node:fs';
import path from 'node:path';

import { ACTION, loadLibsolv, Pool, SELECT, type PoolInput, type Solvable } from 'libsolv-wasm';
import { beforeAll, describe, expect, test } from 'vitest';

const WASM = path.resolve(import.meta.dirname, '../../native/dist/libsolv.wasm');
const OPTIONS = { allowDowngrade: true, allowUninstall: true };
const INSTALL = ACTION.install | SELECT.providers;

let libsolv: Awaited<ReturnType<typeof loadLibsolv>>;

beforeAll(async () => {
  libsolv = await loadLibsolv(readFileSync(WASM));
});

function solvable(name: number, version: number, more: Partial<Solvable> = {}): Solvable {
  return { name, version, rank: 0, features: 0, requires: [], conflicts: [], ...more };
}

function world(available: readonly Solvable[], installed: readonly Solvable[] = []): PoolInput {
  return {
    names: ['app', 'lib', 'other'],
    versionCount: 10,
    repositories: [
      { priority: 0, subpriority: 0, solvables: installed },
      { priority: 1, subpriority: 0, solvables: available },
    ],
  };
}

function solveOne(input: PoolInput, deps: readonly (readonly number[])[], what = 0) {
  const pool = new Pool(libsolv, input);
  pool.addDependencies(deps);
  const answer = pool.solve([{ how: INSTALL, what }], OPTIONS);
  pool.dispose();
  return answer;
}

describe('candidate order', () => {
  test.each<[string, readonly Solvable[], number]>([
    ['the higher version', [solvable(0, 1), solvable(0, 2)], 1],
    ['rank 10 of a version over rank 9', [solvable(0, 9), solvable(0, 1), solvable(0, 9)], 0],
    ['fewer features over version', [solvable(0, 1), solvable(0, 2, { features: 1 })], 0],
    ['the higher rank', [solvable(0, 1, { rank: 9 }), solvable(0, 1, { rank: 10 }), solvable(0, 1)], 1],
    ['version over rank', [solvable(0, 1, { rank: 9 }), solvable(0, 2)], 1],
  ])('%s', (_title, available, expected) => {
    const all = available.map((_, index) => index);
    expect(solveOne(world(available), [all])).toEqual({ kind: 'solved', solvables: [expected] });
  });
});

describe('dependencies', () => {
  test('are satisfied by the solvables that were given, whatever their versions', () => {
    const input = world([solvable(0, 1, { requires: [1] }), solvable(1, 5), solvable(1, 2)]);
    const answer = solveOne(input, [[0], [2]]);
    expect(answer.kind === 'solved' && answer.solvables.toSorted((a, b) => a - b)).toEqual([0, 2]);
  });

  test('can be added to a loaded pool', () => {
    const pool = new Pool(libsolv, world([solvable(0, 1), solvable(0, 2)]));
    pool.addDependencies([[0, 1]]);
    expect(pool.solve([{ how: INSTALL, what: 0 }], OPTIONS)).toEqual({ kind: 'solved', solvables: [1] });
    pool.addDependencies([[0]]);
    expect(pool.solve([{ how: INSTALL, what: 1 }], OPTIONS)).toEqual({ kind: 'solved', solvables: [0] });
    pool.dispose();
  });
});

describe('no solution', () => {
  test('names the job, the package and the dependency that nothing provides', () => {
    const answer = solveOne(world([solvable(0, 1, { requires: [1] })]), [[0], []]);
    const rules = answer.kind === 'unsolvable' ? answer.problems.flat() : [];
    expect(rules.map(({ kind, source, dependency, job }) => [kind, source, dependency, job])).toEqual(
      expect.arrayContaining([
        ['job', undefined, 0, 0],
        ['nothing-provides', 0, 1, undefined],
      ]),
    );
  });

  test('names both sides of a conflict', () => {
    const input = world([solvable(0, 1, { requires: [1], conflicts: [2] }), solvable(1, 1)]);
    const answer = solveOne(input, [[0], [1], [1]]);
    const rules = answer.kind === 'unsolvable' ? answer.problems.flat() : [];
    expect(rules).toContainEqual({ kind: 'conflicts', source: 0, target: 1, dependency: 2, job: undefined });
  });

  test('a job that nothing provides', () => {
    const answer = solveOne(world([solvable(0, 1)]), [[]]);
    const rules = answer.kind === 'unsolvable' ? answer.problems.flat() : [];
    expect(rules.map(({ kind, dependency }) => [kind, dependency])).toEqual([['job-nothing-provides', 0]]);
  });
});

describe('installed packages', () => {
  const input = world([solvable(0, 2)], [solvable(0, 1)]);

  test('stay unless they are to be updated', () => {
    const pool = new Pool(libsolv, input);
    pool.addDependencies([[0, 1]]);
    const update = { how: ACTION.update | SELECT.providers, what: 0 };
    expect(pool.solve([], OPTIONS)).toEqual({ kind: 'solved', solvables: [0] });
    expect(pool.solve([{ how: INSTALL, what: 0 }], OPTIONS)).toEqual({ kind: 'solved', solvables: [0] });
    expect(pool.solve([update], OPTIONS)).toEqual({ kind: 'solved', solvables: [1] });
    pool.dispose();
  });

  test('go when they are erased', () => {
    const pool = new Pool(libsolv, input);
    expect(pool.solve([{ how: ACTION.erase | SELECT.solvable, what: 0 }], OPTIONS)).toEqual({
      kind: 'solved',
      solvables: [],
    });
    pool.dispose();
  });
});

describe('memory', () => {
  test('a disposed pool gives everything back', () => {
    const available = Array.from({ length: 200 }, (_, index) => solvable(index % 3, index % 10));
    const deps = [available.map((_, index) => index)];
    for (let round = 0; round < 5; round += 1) solveOne(world(available), deps);
    const before = libsolv.exports.memory.buffer.byteLength;
    for (let round = 0; round < 300; round += 1) solveOne(world(available), deps);
    expect(libsolv.exports.memory.buffer.byteLength).toBe(before);
  });

  test('a disposed pool refuses to work', () => {
    const pool = new Pool(libsolv, world([]));
    pool.dispose();
    pool.dispose();
    expect(() => pool.solve([], OPTIONS)).toThrow('disposed');
  });
});

test('a hundred thousand records', () => {
  const count = 100_000;
  const names = Array.from({ length: count / 20 }, (_, index) => `name-${index}`);
  const solvables = Array.from({ length: count }, (_, index) => {
    const name = Math.floor(index / 20);
    const requires = [name + 1, name + 2].filter((each) => each < names.length);
    return solvable(name, index % 20, { rank: index % 20, requires });
  });
  const providers = names.map((_, name) => Array.from({ length: 20 }, (__, index) => 20 * name + index));
  const pool = new Pool(libsolv, {
    names,
    versionCount: 20,
    repositories: [
      { priority: 0, subpriority: 0, solvables: [] },
      { priority: 1, subpriority: 0, solvables },
    ],
  });
  pool.addDependencies(providers);
  const answer = pool.solve([{ how: INSTALL, what: names.length - 500 }], OPTIONS);
  pool.dispose();
  expect(answer.kind === 'solved' && answer.solvables.length).toBe(500);
});
