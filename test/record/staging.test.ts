import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { currentProcess } from '../../src/io/process-identity.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import { findLeftBeside, loadPrefix, withPrefixLock } from '../../src/record/index.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';

let env: TestEnvironment;
beforeEach(() => {
  env = createTestEnvironment();
});
afterEach(() => env.dispose());

const files = { 'bin/a': 'a', 'lib/a': 'a' };

/** Whether the prefix was there at each package that was linked. */
async function watch(
  change: (report: (event: ProgressEvent) => void) => Promise<void>,
): Promise<readonly boolean[]> {
  const seen: boolean[] = [];
  await change((event) => {
    if (event.kind === 'linked') seen.push(existsSync(env.prefix));
  });
  return seen;
}

describe('a new environment', () => {
  test('appears when it is complete, and nothing is left beside it', async () => {
    const seen = await watch((report) =>
      env.change([env.make('a 1', { files }), env.make('b 1', { files: { b: 'b' } })], { report }),
    );
    expect(seen).toEqual([false, false]);
    expect(env.tree()).toEqual({ 'bin/a': '644 a', 'lib/a': '644 a', b: '644 b' });
    expect(readdirSync(path.dirname(env.prefix))).toEqual(['e']);
    expect(readdirSync(path.join(env.prefix, 'conda-meta')).toSorted()).toEqual([
      'a-1-0.json',
      'b-1-0.json',
      'created_at',
      'history',
    ]);
  });

  test('appears before a script of its packages runs', async () => {
    const script = { content: 'test -e "$PREFIX/bin/a" && echo here > "$PREFIX/said"\n', mode: 0o755 };
    await env.change([env.make('a 1', { files: { ...files, 'bin/.a-post-link.sh': script } })]);
    expect(env.tree()['said']).toBe('644 here\n');
  });

  test('gives way to one that came meanwhile', async () => {
    const report = (event: ProgressEvent): void => {
      if (event.kind !== 'linked') return;
      mkdirSync(env.prefix);
      writeFileSync(path.join(env.prefix, 'other'), 'x');
    };
    await expect(env.change([env.make('a 1', { files })], { report })).rejects.toMatchObject({
      code: 'PREFIX_CHANGED',
    });
    expect(readdirSync(path.dirname(env.prefix))).toEqual(['e']);
    expect(env.tree()).toEqual({ other: '644 x' });
  });

  test('is made in place where a directory waits for it, or its name leaves no room', async () => {
    mkdirSync(env.prefix, { recursive: true });
    expect(await watch((report) => env.change([env.make('a 1', { files })], { report }))).toEqual([true]);
    const prefix = path.join(env.root, 'n'.repeat(250));
    await withPrefixLock(await loadPrefix(prefix), {}, () => {
      expect(existsSync(prefix)).toBe(true);
      return Promise.resolve();
    });
    expect(existsSync(prefix)).toBe(false);
  });

  test('takes along what dead processes left of others, and nothing else', async () => {
    const envs = path.dirname(env.prefix);
    const uuid = '01234567-89ab-cdef-0123-456789abcdef';
    const dead = JSON.stringify({ ...currentProcess(), start: '1', nonce: '0123456789abcdef' });
    const alive = JSON.stringify({ ...currentProcess(), nonce: '0123456789abcdef' });
    const put = (name: string, text: string): void => {
      mkdirSync(path.dirname(path.join(envs, name)), { recursive: true });
      writeFileSync(path.join(envs, name), text);
    };
    mkdirSync(path.join(envs, '.begun.tconda-new/conda-meta'), { recursive: true });
    put('.dead.tconda-new/conda-meta/.tconda.lock', dead);
    put('.asked.tconda-new/conda-meta/.tconda.lock.0123456789ab.new', '');
    const before = new Date(Date.now() - 20_000);
    for (const name of ['.begun', '.asked'])
      utimesSync(path.join(envs, `${name}.tconda-new`), before, before);
    put('.dead.tconda-copy/conda-meta/history', '');
    put('.dead.tconda-copy.lock', dead);
    put('.gone.tconda-copy.lock.0123456789ab.new', dead);
    put(`.e.${uuid}.tconda-removed/lib/a`, 'a');
    put(`.exec-${uuid}/bin/a`, 'a');
    const stay = [
      ['.alive.tconda-new/conda-meta/.tconda.lock', alive],
      ['.asking.tconda-new/conda-meta/.tconda.lock.0123456789ab.new', ''],
      ['.alive.tconda-copy/conda-meta/history', ''],
      ['.alive.tconda-copy.lock', alive],
      ['.exec-mine/bin/a', 'a'],
      ['.mine.new/a', 'a'],
      ['.mine.lock', dead],
      ['.removed/a', 'a'],
    ] as const;
    for (const [name, text] of stay) put(name, text);
    expect((await findLeftBeside(envs)).map((left) => path.basename(left.path)).toSorted()).toEqual([
      '.asked.tconda-new',
      '.begun.tconda-new',
      '.dead.tconda-copy',
      '.dead.tconda-new',
      `.e.${uuid}.tconda-removed`,
      `.exec-${uuid}`,
      '.gone.tconda-copy',
    ]);
    await env.change([env.make('a 1', { files })]);
    const kept = new Set(stay.map(([name]): string => name.replace(/\/.*/, '')));
    expect(readdirSync(envs).toSorted()).toEqual([...kept, 'e'].toSorted());
  });
});
