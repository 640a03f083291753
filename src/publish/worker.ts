import { answerTasks } from '../io/worker-pool.ts';
import { readPackage } from './read-package.ts';

answerTasks(readPackage);
