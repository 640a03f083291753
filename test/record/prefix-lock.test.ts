import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import type { ProgressEvent } from '../../src/model/event.ts';
import { loadPrefix, withPrefixLock } from '../../src/record/index.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';

let env: TestEnvironment;
beforeEach(() => {
  env = createTestEnvironment();
});
afterEach(() => env.dispose());

test('the second waits for the first, and says so', async () => {
  const installed = await loadPrefix(env.prefix);
  const order: string[] = [];
  const events: ProgressEvent[] = [];
  let free = (): void => undefined;
  const first = withPrefixLock(installed, {}, async () => {
    await new Promise<void>((resolve) => {
      free = resolve;
    });
    order.push('first');
  });
  const beside = path.join(path.dirname(env.prefix), '.e.tconda-new');
  while (!existsSync(path.join(beside, 'conda-meta', '.tconda.lock'))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const report = (event: ProgressEvent): void => {
    events.push(event);
    free();
  };
  const second = withPrefixLock(installed, { report }, () => {
    order.push('second');
    return Promise.resolve();
  });
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
  expect(events).toEqual([
    { kind: 'message', text: expect.stringMatching(/^Waiting for process \d+, which changes /) as string },
  ]);
  // The directory above may stay: each took the other's for one that was there.
  expect([existsSync(env.prefix), existsSync(beside)]).toEqual([false, false]);
});

test('the second gives up in time', async () => {
  const installed = await loadPrefix(env.prefix);
  await withPrefixLock(installed, {}, async () => {
    await expect(
      withPrefixLock(installed, { lockTimeout: 30 }, () => Promise.resolve()),
    ).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  });
});

test('a prefix that is not as it was seen is not touched', async () => {
  const installed = await loadPrefix(env.prefix);
  await env.change([env.make('a 1', { files: { a: 'a' } })]);
  await expect(withPrefixLock(installed, {}, () => Promise.resolve())).rejects.toMatchObject({
    code: 'PREFIX_CHANGED',
  });
  expect(env.tree()).toEqual({ a: '644 a' });
});

test('changes at the same time come out as one after the other', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const add = async (name: string): Promise<void> => {
    const one = env.make(`${name} 1`, { files: { [`share/${name}`]: name } });
    for (;;) {
      const installed = await env.load();
      const others = installed.records.map((record) =>
        env.make(`${record.name} 1`, { files: { [`share/${record.name}`]: record.name } }),
      );
      try {
        await env.change([...others, one]);
        return;
      } catch (error) {
        if ((error as { code?: string }).code !== 'PREFIX_CHANGED') throw error;
      }
    }
  };
  await Promise.all(names.map(add));
  expect(Object.keys(env.tree())).toEqual(names.map((name) => `share/${name}`));
  expect((await env.load()).records.map(({ name }) => name)).toEqual(names);
});

test('a file in the place of the prefix is said', async () => {
  mkdirSync(path.dirname(env.prefix), { recursive: true });
  writeFileSync(env.prefix, 'a file');
  const installed = await loadPrefix(env.prefix);
  await expect(withPrefixLock(installed, {}, () => Promise.resolve())).rejects.toMatchObject({
    code: 'PREFIX_NOT_WRITABLE',
  });
  expect(readdirSync(path.dirname(env.prefix))).toEqual(['e']);
});
