import { INT } from '../setting-type.ts';
import { define, type Setting } from '../setting.ts';

const GROUP = 'threads';

/** Settings about how much is done at a time. */
export const threadKeys = {
  default_threads: define(GROUP, INT, 0, 'Threads for everything; 0 for as many as there are processors'),
  fetch_threads: define(GROUP, INT, ({ defaultThreads }) => defaultThreads || 5, 'Downloads at a time'),
  repodata_threads: define(
    GROUP,
    INT,
    ({ defaultThreads }) => defaultThreads,
    'Indexes at a time; 0 for all',
  ),
  verify_threads: define(GROUP, INT, ({ defaultThreads }) => defaultThreads || 1, 'Checks at a time', {
    noEffect: 'the number of processors decides',
  }),
  execute_threads: define(GROUP, INT, ({ defaultThreads }) => defaultThreads || 1, 'Links at a time', {
    noEffect: 'the number of processors decides',
  }),
} as const satisfies Record<string, Setting>;
