import { mapLimited } from '../io/limit.ts';
import { createWorkerPool, findWorkerScript, type WorkerPool } from '../io/worker-pool.ts';
import type { IndexedPackage } from './index-subdir.ts';
import { readPackage, type ReadPackageTask } from './read-package.ts';

/** Opens packages: digests and unpacking keep a processor busy, so each has a thread of its own. */
export interface PackageReaders {
  /** What came of each, in the order of `tasks`: the package, or the error it met. */
  readAll(tasks: readonly ReadPackageTask[]): Promise<readonly PromiseSettledResult<IndexedPackage>[]>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** Makes at most `threads` readers. A thread is started when there is work for it; one package alone is opened here. */
export function createPackageReaders(threads: number): PackageReaders {
  let pool: WorkerPool<ReadPackageTask, IndexedPackage> | undefined;
  return {
    async readAll(tasks) {
      const script = threads > 1 && tasks.length > 1 ? findWorkerScript('index-worker') : undefined;
      if (script !== undefined) pool ??= createWorkerPool(script, threads);
      const read = (task: ReadPackageTask) => pool?.run(task) ?? readPackage(task);
      return await mapLimited(tasks, threads, async (task) => {
        const [result] = await Promise.allSettled([read(task)]);
        return result;
      });
    },
    close: async () => pool?.close(),
  };
}
