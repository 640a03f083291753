import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { TcondaError } from '../../src/errors.ts';
import { createWorkerPool } from '../../src/io/worker-pool.ts';

let directory: string;
let script: URL;

/** A thread that does what its task says. */
const PROGRAM = `
import { appendFileSync } from 'node:fs';
import { parentPort, threadId } from 'node:worker_threads';
parentPort.on('message', ({ act, log }) => {
  appendFileSync(log, threadId + '\\n');
  if (act === 'fail') {
    parentPort.postMessage({ kind: 'failed', code: 'INVALID_ARCHIVE', message: 'bad', hint: 'a hint', data: { a: 1 } });
  } else if (act === 'bug') {
    parentPort.postMessage({ kind: 'failed', code: undefined, message: 'bug', data: {}, stack: 'there' });
  } else if (act === 'throw') {
    throw new Error('thrown');
  } else if (act === 'exit') {
    process.exit(0);
  } else if (act === 'done') {
    setTimeout(() => parentPort.postMessage({ kind: 'done', result: 'well' }), 20);
  }
});
`;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tconda-pool-'));
  writeFileSync(path.join(directory, 'thread.mjs'), PROGRAM);
  script = pathToFileURL(path.join(directory, 'thread.mjs'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const task = (act: string, log = 'log') => ({ act, log: path.join(directory, log) });

test('does all tasks in no more threads than allowed, which are reused', async () => {
  const pool = createWorkerPool<ReturnType<typeof task>, string>(script, 2);
  await Promise.all(Array.from({ length: 8 }, () => pool.run(task('done', 'threads'))));
  await pool.close();
  const threads = readFileSync(path.join(directory, 'threads'), 'utf8').trim().split('\n');
  expect(threads).toHaveLength(8);
  expect(new Set(threads).size).toBe(2);
});

test('a thread that was prepared takes the first task', async () => {
  const pool = createWorkerPool<ReturnType<typeof task>, string>(script, 2);
  pool.prepare();
  pool.prepare();
  await pool.run(task('done', 'prepared'));
  await pool.run(task('done', 'prepared'));
  await pool.close();
  pool.prepare();
  const threads = readFileSync(path.join(directory, 'prepared'), 'utf8').trim().split('\n');
  expect(new Set(threads).size).toBe(1);
});

test('brings errors over, ours as ours', async () => {
  const pool = createWorkerPool<ReturnType<typeof task>, string>(script, 1);
  const failure: unknown = await pool.run(task('fail')).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(TcondaError);
  expect(failure).toMatchObject({ code: 'INVALID_ARCHIVE', message: 'bad', hint: 'a hint', data: { a: 1 } });
  await expect(pool.run(task('bug'))).rejects.toMatchObject({ message: 'bug', stack: 'there' });
  await pool.run(task('done'));
  await pool.close();
});

test.each([
  ['throw', 'thrown'],
  ['exit', 'a thread ended'],
])('goes on with another thread after one ended by %s', async (act, message) => {
  const pool = createWorkerPool<ReturnType<typeof task>, string>(script, 1);
  const first = pool.run(task(act));
  const second = pool.run(task('done'));
  await expect(first).rejects.toThrow(message);
  await expect(second).resolves.toBe('well');
  await pool.close();
});

test('ends threads that are at work', async () => {
  const pool = createWorkerPool<ReturnType<typeof task>, string>(script, 2);
  const never = pool.run(task('wait', 'waiting'));
  const ended = never.catch((error: unknown) => error);
  await vi.waitFor(() => readFileSync(path.join(directory, 'waiting')));
  await expect(pool.close()).resolves.toBeUndefined();
  expect(await ended).toMatchObject({ message: expect.stringContaining('ended') as unknown });
});

test('takes no task once it is closed', async () => {
  const pool = createWorkerPool<ReturnType<typeof task>, string>(script, 1);
  await pool.close();
  await expect(pool.run(task('done', 'late'))).rejects.toThrow('the threads were ended');
});

test('takes no task while its threads end', async () => {
  const pool = createWorkerPool<ReturnType<typeof task>, string>(script, 1);
  await pool.run(task('done'));
  const ended = pool.close();
  await expect(pool.run(task('done', 'late'))).rejects.toThrow('the threads were ended');
  await ended;
});

test('a thread is given as many tasks ahead as told, and answers them in their order', async () => {
  const pool = createWorkerPool<ReturnType<typeof task>, string>(script, 1, 2);
  expect(pool.hasRoom).toBe(true);
  const first = pool.run(task('fail', 'ahead'));
  expect(pool.hasRoom).toBe(true);
  const second = pool.run(task('done', 'ahead'));
  expect(pool.hasRoom).toBe(false);
  const [one, two] = await Promise.allSettled([first, second]);
  expect([one.status, two.status]).toEqual(['rejected', 'fulfilled']);
  expect(pool.hasRoom).toBe(true);
  await pool.close();
});

test('all that a thread was given is rejected when it ends', async () => {
  const pool = createWorkerPool<ReturnType<typeof task>, string>(script, 1, 2);
  const outcomes = await Promise.allSettled([pool.run(task('exit')), pool.run(task('done'))]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(pool.run(task('done'))).resolves.toBe('well');
  await pool.close();
});
