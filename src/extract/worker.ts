import { answerTasks } from '../io/worker-pool.ts';
import { extractPackage } from './extract-package.ts';

answerTasks(extractPackage);
