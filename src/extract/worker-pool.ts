import { Worker } from 'node:worker_threads';

import { type ErrorCode, TcondaError } from '../errors.ts';

/** Runs tasks in threads. */
export interface WorkerPool<Task> {
  /** Resolves when a thread has done the task; rejects with the error it met. */
  run(task: Task): Promise<void>;
  /** Ends the threads, whatever they are doing. */
  close(): Promise<void>;
}

/** What a thread answers. An error travels as its parts. */
export type WorkerReply =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode | undefined;
      readonly message: string;
      readonly hint: string | undefined;
      readonly data: Readonly<Record<string, unknown>>;
      readonly stack: string | undefined;
    };

interface Job<Task> {
  readonly task: Task;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Makes a pool of at most `size` threads that run the script `file`. A thread starts when there is a task that none of the others is free for. */
export function createWorkerPool<Task>(file: URL, size: number): WorkerPool<Task> {
  const waiting: Job<Task>[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Job<Task>>();

  const assign = (): void => {
    while (waiting.length > 0) {
      const worker = idle.pop() ?? (busy.size < size ? start() : undefined);
      if (worker === undefined) return;
      const job = waiting.shift() as Job<Task>;
      busy.set(worker, job);
      worker.postMessage(job.task);
    }
  };
  const finish = (worker: Worker): Job<Task> | undefined => {
    const job = busy.get(worker);
    busy.delete(worker);
    return job;
  };
  const start = (): Worker => {
    const worker = new Worker(file);
    worker.on('message', (reply: WorkerReply) => {
      const job = finish(worker);
      idle.push(worker);
      assign();
      if (reply.kind === 'done') job?.resolve();
      else job?.reject(revive(reply));
    });
    worker.on('error', (error) => finish(worker)?.reject(error));
    worker.on('exit', () => {
      const place = idle.indexOf(worker);
      if (place >= 0) idle.splice(place, 1);
      finish(worker)?.reject(new Error('a thread ended in the middle of its work'));
      assign();
    });
    return worker;
  };

  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        waiting.push({ task, resolve, reject });
        assign();
      }),
    async close() {
      waiting.length = 0;
      const workers = [...idle.splice(0), ...busy.keys()];
      busy.clear();
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** The reply that tells of an error. */
export function describeFailure(error: unknown): WorkerReply {
  const cause = error instanceof Error ? error : new Error(String(error));
  const isOurs = error instanceof TcondaError;
  return {
    kind: 'failed',
    code: isOurs ? error.code : undefined,
    message: cause.message,
    hint: isOurs ? error.hint : undefined,
    data: isOurs ? error.data : {},
    stack: cause.stack,
  };
}

function revive(reply: WorkerReply & { readonly kind: 'failed' }): Error {
  const { code, message, hint, data, stack } = reply;
  if (code !== undefined)
    return new TcondaError(code, message, { ...(hint === undefined ? {} : { hint }), data });
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
