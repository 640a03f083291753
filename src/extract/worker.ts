import { parentPort } from 'node:worker_threads';

import { extractPackage, type ExtractReport, type ExtractTask } from './extract-package.ts';
import { describeFailure, type WorkerReply } from './worker-pool.ts';

// The program of an extraction thread: one task at a time, each answered.
parentPort?.on('message', (task: ExtractTask) => {
  extractPackage(task).then(
    (result) => reply({ kind: 'done', result }),
    (error: unknown) => reply(describeFailure(error)),
  );
});

function reply(message: WorkerReply<ExtractReport>): void {
  parentPort?.postMessage(message);
}
