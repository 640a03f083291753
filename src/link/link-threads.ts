import { createWorkerPool, findWorkerScript, type WorkerPool } from '../io/worker-pool.ts';
import { lookAtFiles, type LookedAt, type LookTask } from './look-at-files.ts';
import { linkPart, type LinkPart } from './link-part.ts';

/** What a thread is asked to do. */
export type LinkThreadTask =
  { readonly kind: 'look'; readonly task: LookTask } | { readonly kind: 'link'; readonly task: LinkPart };

/** Does what is done for each file of many packages: partly in threads when there are so many that it pays, else here. */
export interface LinkThreads {
  look(task: LookTask): Promise<LookedAt>;
  /** Whether a thread is free to link; there are threads when enough was looked at. */
  readonly hasRoom: boolean;
  /** @returns the digests of the special files whose content is not as shipped, by their number */
  link(part: LinkPart): Promise<ReadonlyMap<number, string>>;
  /** Ends the threads. Nothing is made any more when this resolves. */
  close(): Promise<void>;
}

/** A thread takes some 50 milliseconds to start, in which one process links so many files. */
const WORTH_IT = 4000;
/** More packages than this have so many files, most probably. */
const MANY_PACKAGES = 60;
/** So many tasks a thread is given at a time, so that it does not wait for this one, which is at work itself. */
const AHEAD = 4;

/** Makes at most `cores - 1` threads beside this one. */
export function createLinkThreads(cores: number, packages: number): LinkThreads {
  const script = cores > 1 ? findWorkerScript('link-worker') : undefined;
  let pool: WorkerPool<LinkThreadTask, unknown> | undefined;
  let seen = packages > MANY_PACKAGES ? WORTH_IT : 0;
  return {
    async look(task) {
      seen += task.count;
      if (seen > WORTH_IT && script !== undefined) pool ??= createWorkerPool(script, cores - 1, AHEAD);
      return pool?.hasRoom === true
        ? ((await pool.run({ kind: 'look', task })) as LookedAt)
        : lookAtFiles(task);
    },
    get hasRoom() {
      return pool?.hasRoom === true;
    },
    async link(part) {
      return pool === undefined
        ? linkPart(part)
        : ((await pool.run({ kind: 'link', task: part })) as ReadonlyMap<number, string>);
    },
    close: async () => pool?.close(),
  };
}
