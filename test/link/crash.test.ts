import { cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { ExtractedPackage } from '../../src/model/package-files.ts';
import { recoverPrefix } from '../../src/record/index.ts';
import { crashAt } from '../helpers/crash.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';
import { readTree } from '../helpers/extracted-package.ts';

let env: TestEnvironment;
beforeEach(() => {
  env = createTestEnvironment();
});
afterEach(() => env.dispose());

const placeholder = `/opt/${'p'.repeat(250)}`;

/** An environment and what it becomes: everything that a change can do is in between. */
async function setUp(): Promise<readonly ExtractedPackage[]> {
  const python = env.make('python 3.11.2', { files: { 'bin/python3.11': '#!/bin/sh\n' } });
  const kept = env.make('kept 1', { depends: ['late'], files: { 'share/both': 'kept', 'share/kept': 'k' } });
  const early = env.make('early 1', { depends: ['kept'], files: { 'share/both': 'early' } });
  const old = env.make('changing 1', {
    files: {
      'lib/same': 'same',
      'lib/gone': 'gone',
      'whole/a': '1',
      'whole/__pycache__/a': '1',
      'whole/__pycache__/b': '1',
      'tree/now/file': 'becomes a file',
      file: 'becomes a directory',
      lib64: { link: 'lib' },
    },
  });
  const removed = env.make('removed 1', {
    files: { 'only/here/x': 'x', 'only/y': 'y', 'lib64/through': 'link' },
  });
  const code = env.make('code 1', { noarch: 'python', files: { 'site-packages/code.py': 'x = 1\n' } });
  mkdirSync(path.join(env.prefix, 'etc'), { recursive: true });
  writeFileSync(path.join(env.prefix, 'etc/rc'), 'mine');
  const [edited, below] = ['edited', 'waiting'].map((name) => env.make(name, { files: { 'share/e': name } }));
  if (edited === undefined || below === undefined) throw new Error('there are two');
  await env.change([python, kept, early, old, removed, code, edited, below]);
  // A person's file where the one below gets its place.
  const file = path.join(env.prefix, 'share/e');
  rmSync(file);
  writeFileSync(file, 'as I want');
  utimesSync(file, new Date(), new Date(Date.now() + 60_000));
  return [
    below,
    env.make('python 3.12.1', { files: { 'bin/python3.12': '#!/bin/sh\n' } }),
    kept,
    env.make('late 1', { files: { 'share/both': 'late', 'etc/rc': 'theirs' } }),
    env.make('changing 2', {
      files: {
        'lib/same': { content: `now ${placeholder}`, prefix_placeholder: placeholder, file_mode: 'text' },
        'tree/now': 'a file',
        'whole/a': '2',
        'whole/__pycache__/a': '2',
        'file/inside': 'a directory',
        empty: { directory: true },
        lib64: { link: 'lib' },
      },
    }),
    code,
  ];
}

function everything(): Record<string, string> {
  return readTree(env.prefix);
}

async function recordsOf(): Promise<unknown> {
  const { records, history } = await env.load();
  return JSON.parse(JSON.stringify({ records, history: [...history] }));
}

describe('a change that is cut off', () => {
  test('at any step leaves the old environment or the new one', async () => {
    const wanted = await setUp();
    const before = path.join(env.root, 'before');
    cpSync(env.prefix, before, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    const restore = (): void => {
      rmSync(env.prefix, { recursive: true, force: true });
      cpSync(before, env.prefix, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    };
    const old = { tree: everything(), records: await recordsOf() };
    const steps = await crashAt(Infinity, () => env.change(wanted));
    const fresh = { tree: everything(), records: await recordsOf() };
    expect(env.tree()).toMatchObject({
      'tree/now': '644 a file',
      'file/inside': '644 a directory',
      'share/e': '644 waiting',
      '__clobbers__/.user/share/e': '644 as I want',
    });
    expect(steps).toBeGreaterThan(40);

    const outcomes = new Set<string>();
    for (let at = 1; at <= steps; at++) {
      restore();
      await crashAt(at, () => env.change(wanted));
      const seen = await recordsOf();
      // A recovery that is cut off too, further in each time.
      await crashAt((at % 7) + 1, () => recoverPrefix(env.prefix));
      await recoverPrefix(env.prefix);
      const now = { tree: everything(), records: await recordsOf() };
      const outcome = now.tree['file'] === undefined ? 'new' : 'old';
      outcomes.add(outcome);
      expect(now, `step ${at}`).toEqual(outcome === 'new' ? fresh : old);
      expect(seen, `what a reader saw at step ${at}`).toEqual(now.records);
    }
    expect([...outcomes].toSorted()).toEqual(['new', 'old']);
    restore();
    await crashAt(steps / 2, () => env.change(wanted));
    await env.change(wanted);
    expect(everything()).toEqual(fresh.tree);
  }, 120_000);

  test('leaves nothing of a new environment', async () => {
    const a = env.make('a 1', { files: { 'bin/a': 'a', 'lib/link': { link: 'x' } } });
    const steps = await crashAt(Infinity, () => env.change([a]));
    const fresh = everything();
    for (let at = 1; at <= steps; at++) {
      rmSync(path.join(env.root, 'envs'), { recursive: true, force: true });
      await crashAt(at, () => env.change([a]));
      await recoverPrefix(env.prefix);
      const { exists, isForeign } = await env.load();
      const found = readTree(env.root);
      const rest = Object.keys(found).filter((name) => name.startsWith('envs'));
      // Before there was a journal, nobody knew yet that the directories of its path were new.
      const left = exists ? everything() : rest.filter((name) => !['envs', 'envs/e'].includes(name));
      expect(left, `step ${at}`).toEqual(exists ? fresh : []);
      expect(isForeign).toBeUndefined();
      await env.change([a]);
      expect((await env.load()).records).toHaveLength(1);
    }
  }, 60_000);

  test('by an error is taken back at once', async () => {
    const wanted = await setUp();
    const old = everything();
    const failing = env.make('failing 1', {
      files: { 'bin/.failing-post-link.sh': { content: 'echo no; exit 3\n', mode: 0o755 } },
    });
    await expect(env.change([...wanted, failing])).rejects.toMatchObject({ code: 'LINK_SCRIPT_FAILED' });
    expect(everything()).toEqual(old);
  });

  test('by a signal is taken back at once', async () => {
    const wanted = await setUp();
    const old = everything();
    const controller = new AbortController();
    const report = (event: { readonly kind: string }): void => {
      if (event.kind === 'linked') controller.abort();
    };
    await expect(env.change(wanted, { signal: controller.signal, report })).rejects.toThrow(/abort/i);
    expect(everything()).toEqual(old);
  });
});
