import { existsSync } from 'node:fs';
import { parentPort, Worker } from 'node:worker_threads';

import { type ErrorCode, TcondaError } from '../errors.ts';

/** Runs tasks in threads. */
export interface WorkerPool<Task, Result> {
  /** Resolves with what a thread made of the task; rejects with the error it met. */
  run(task: Task): Promise<Result>;
  /** Whether a thread takes the next task at once. */
  readonly hasRoom: boolean;
  /** Starts a thread, unless there is one: it takes a while, and there may be something else to wait for. */
  prepare(): void;
  /** Ends the threads, whatever they are doing. Tasks that are not done are rejected then, and so are those that come later. */
  close(): Promise<void>;
}

/** What a thread answers. An error travels as its parts. */
type WorkerReply<Result> = { readonly kind: 'done'; readonly result: Result } | WorkerFailure;

interface WorkerFailure {
  readonly kind: 'failed';
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  readonly stack: string | undefined;
  /** What the system called it: `ENOSPC`. */
  readonly system: string | undefined;
}

interface Job<Task, Result> {
  readonly task: Task;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Makes a pool of at most `size` threads that run the script `file`. A thread starts when there is a task that none of the
 * others is free for. Each is given `ahead` tasks at a time: with 2 it need not wait for this process between two short ones.
 */
export function createWorkerPool<Task, Result>(file: URL, size: number, ahead = 1): WorkerPool<Task, Result> {
  const waiting: Job<Task, Result>[] = [];
  /** Each thread with what it was given, in the order in which it answers. */
  const threads = new Map<Worker, Job<Task, Result>[]>();
  let isClosed = false;

  const findFree = (): Worker | undefined => {
    let free: Worker | undefined;
    let least = ahead;
    for (const [worker, jobs] of threads) {
      if (jobs.length < least) [free, least] = [worker, jobs.length];
    }
    return least > 0 && threads.size < size ? start() : free;
  };
  const assign = (): void => {
    while (waiting.length > 0) {
      const worker = findFree();
      if (worker === undefined) return;
      const job = waiting.shift() as Job<Task, Result>;
      threads.get(worker)?.push(job);
      worker.postMessage(job.task);
    }
  };
  const start = (): Worker => {
    const worker = new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES } });
    threads.set(worker, []);
    const fail = (error: unknown): void => {
      const jobs = threads.get(worker) ?? [];
      threads.delete(worker);
      for (const { reject } of jobs) reject(error);
    };
    worker.on('message', (reply: WorkerReply<Result>) => {
      const job = threads.get(worker)?.shift();
      assign();
      if (reply.kind === 'done') job?.resolve(reply.result);
      else job?.reject(revive(reply));
    });
    worker.on('error', (error) => fail(nameMissingFolder(error)));
    worker.on('exit', () => {
      fail(new Error('a thread ended in the middle of its work'));
      assign();
    });
    return worker;
  };

  return {
    prepare() {
      if (!isClosed && threads.size === 0) start();
    },
    get hasRoom() {
      if (threads.size < size) return true;
      for (const jobs of threads.values()) if (jobs.length < ahead) return true;
      return false;
    },
    run: (task) =>
      new Promise((resolve, reject) => {
        // A thread that starts now would never be ended, and the process would wait for it for ever.
        if (isClosed) {
          reject(closed());
          return;
        }
        waiting.push({ task, resolve, reject });
        assign();
      }),
    async close() {
      isClosed = true;
      const jobs = [...waiting.splice(0), ...[...threads.values()].flat()];
      const workers = [...threads.keys()];
      threads.clear();
      await Promise.all(workers.map((worker) => worker.terminate()));
      for (const { reject } of jobs) reject(closed());
    },
  };
}

/** No thread starts in a folder that was removed. */
function nameMissingFolder(error: Error): Error {
  if (!error.message.includes('uv_cwd')) return error;
  return new TcondaError('FILE_NOT_FOUND', 'The folder you are in is not there any more', {
    hint: 'Go to another one: cd ~',
    cause: error,
  });
}

/** A task makes little that lives long. With more room for garbage a thread holds some 20 MB more, and is no faster. */
const YOUNG_MEGABYTES = 4;

/** What tasks end with that are not done when the pool is closed. */
export function closed(): Error {
  return new Error('the threads were ended');
}

/** The program of a thread of such a pool: one task at a time, answered in their order. */
export function answerTasks<Task, Result>(action: (task: Task) => Promise<Result>): void {
  const reply = (message: WorkerReply<Result>): void => parentPort?.postMessage(message);
  let last = Promise.resolve();
  parentPort?.on('message', (task: Task) => {
    last = last
      .then(() => action(task))
      .then(
        (result) => reply({ kind: 'done', result }),
        (error: unknown) => reply(describeFailure(error)),
      );
  });
}

/**
 * The script `name` of the build: beside the bundle, or above when this is one of its chunks. Undefined when the sources run,
 * as in a test of them: what a thread would do is done in the process then.
 */
export function findWorkerScript(name: string): URL | undefined {
  return [`./${name}.js`, `../${name}.js`]
    .map((file) => new URL(file, import.meta.url))
    .find((url) => existsSync(url));
}

function describeFailure(error: unknown): WorkerFailure {
  const cause = error instanceof Error ? error : new Error(String(error));
  const isOurs = error instanceof TcondaError;
  return {
    kind: 'failed',
    code: isOurs ? error.code : undefined,
    message: cause.message,
    hint: isOurs ? error.hint : undefined,
    data: isOurs ? error.data : {},
    stack: cause.stack,
    system: 'code' in cause && !isOurs && typeof cause.code === 'string' ? cause.code : undefined,
  };
}

function revive(reply: WorkerFailure): Error {
  const { code, message, hint, data, stack, system } = reply;
  if (code !== undefined)
    return new TcondaError(code, message, { ...(hint === undefined ? {} : { hint }), data });
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return system === undefined ? error : Object.assign(error, { code: system });
}
