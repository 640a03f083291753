import { answerTasks } from '../io/worker-pool.ts';
import { linkPart } from './link-part.ts';
import type { LinkThreadTask } from './link-threads.ts';
import { lookAtFiles } from './look-at-files.ts';

answerTasks((asked: LinkThreadTask) =>
  Promise.resolve().then(() => (asked.kind === 'look' ? lookAtFiles(asked.task) : linkPart(asked.task))),
);
