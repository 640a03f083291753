import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { acquireLease, findLeaseHolder, FORSAKEN_AFTER, withLease } from '../../src/io/lease-file.ts';
import { currentProcess } from '../../src/io/process-identity.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tconda-lease-'));
  file = path.join(directory, '.lock');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const lease = (fields: object) =>
  writeFile(file, JSON.stringify({ ...currentProcess(), nonce: '0123456789abcdef', ...fields }));

describe('acquireLease', () => {
  test('lets one in at a time and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    let count = 0;
    const action = async () => {
      most = Math.max(most, ++inside);
      const before = count;
      await new Promise((resolve) => setTimeout(resolve, 2));
      count = before + 1;
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 12 }, () => withLease(file, {}, action)));
    expect({ most, count }).toEqual({ most: 1, count: 12 });
    expect(await readdir(directory)).toEqual([]);
  });

  test('says who holds it, waits, and gives up in time', async () => {
    const held = await acquireLease(file);
    const holders: number[] = [];
    const attempt = acquireLease(file, {
      timeout: 500,
      subject: 'environment /opt/env',
      onWait: ({ pid }) => holders.push(pid),
    });
    await expect(attempt).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      message: expect.stringContaining('environment /opt/env is in use by process'),
    });
    expect(holders).toEqual([currentProcess().pid]);
    expect(await findLeaseHolder(file)).toMatchObject({ pid: currentProcess().pid });
    await held.release();
    await held.release();
    expect(await findLeaseHolder(file)).toBeUndefined();
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('takes over from a killed process, once, however many see it', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    child.kill('SIGKILL');
    await once(child, 'close');
    await lease({ pid: child.pid, start: '1' });
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 10 }, () =>
        withLease(file, { timeout: 20_000 }, async () => {
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setTimeout(resolve, 3));
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  test.runIf(currentProcess().start !== undefined)('is not fooled by a reused process number', async () => {
    await lease({ start: '1' });
    const mine = await acquireLease(file, { timeout: 0 });
    expect(await findLeaseHolder(file)).toMatchObject({ pid: currentProcess().pid });
    await mine.release();
  });

  test('respects another machine until it has been silent for long', async () => {
    await lease({ host: 'elsewhere' });
    await expect(acquireLease(file, { timeout: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    const long = new Date(Date.now() - FORSAKEN_AFTER - 1000);
    await utimes(file, long, long);
    const mine = await acquireLease(file, { timeout: 0 });
    expect(await findLeaseHolder(file)).toMatchObject({ pid: currentProcess().pid });
    await mine.release();
  });

  test('goes by the clock of the file system, whatever that of this machine says', async () => {
    await lease({ host: 'elsewhere' });
    const real = Date.now();
    try {
      // Only the clock on the wall jumps, so that waiting still ends.
      vi.useFakeTimers({ toFake: ['Date'], now: real + 10 * FORSAKEN_AFTER });
      await expect(acquireLease(file, { timeout: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
      await rm(file);
      vi.useFakeTimers({ toFake: ['Date', 'setInterval'], now: real - 10 * FORSAKEN_AFTER });
      const mine = await acquireLease(file);
      vi.advanceTimersByTime(5_000);
      await vi.waitFor(async () => {
        const { mtimeMs, birthtimeMs } = await stat(file);
        expect(mtimeMs).toBeGreaterThan(birthtimeMs);
        expect(Math.abs(mtimeMs - real)).toBeLessThan(FORSAKEN_AFTER);
      });
      await mine.release();
    } finally {
      vi.useRealTimers();
    }
  });

  test('knows when it was lost', async () => {
    const held = await acquireLease(file);
    expect(held.isHeld()).toBe(true);
    await lease({ host: 'elsewhere' });
    expect(held.isHeld()).toBe(false);
    await rm(file);
    expect(held.isHeld()).toBe(false);
  });

  test('does not hang on a torn file', async () => {
    await writeFile(file, '{"pid": 12');
    const long = new Date(Date.now() - FORSAKEN_AFTER - 1000);
    await utimes(file, long, long);
    const mine = await acquireLease(file, { timeout: 0 });
    expect(await findLeaseHolder(file)).toMatchObject({ pid: currentProcess().pid });
    await mine.release();
  });

  test('leaves alone the lease of whoever took it over', async () => {
    const held = await acquireLease(file);
    await lease({ host: 'elsewhere' });
    await held.release();
    expect(await readFile(file, 'utf8')).toContain('elsewhere');
  });

  test('can be called off while it waits', async () => {
    const held = await acquireLease(file);
    const controller = new AbortController();
    const attempt = acquireLease(file, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(attempt).rejects.toThrow(/abort/i);
    await held.release();
  });
});
